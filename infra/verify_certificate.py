# ruff: noqa: ANN001, ANN003, ANN201, B905, D103, E401, I001, INP001, PTH123, S314, SIM115, T201 - short, alone
# fmt: off
"""Check a certificate: verify_certificate.py CERTIFICATE.xml KEYS.json LEDGER.jsonl [--head HASH] [--item ID SALT].

Needs Python 3.11 and cryptography. KEYS.json: the persons' public keys, one JSON object per line. LEDGER.jsonl: the
exported segments, joined from the first. Prints OK and exits 0, or one line per problem and exits 1.
"""
import argparse, datetime as dt, hashlib, json, re, sys, xml.etree.ElementTree as ET
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
MAY = {"propose": ("arkivredogörare", "arkivansvarig"), "approve": ("arkivansvarig",)}
N, bad, sha, instant = "{urn:bevara:protocol:1}", [], hashlib.sha256, dt.datetime.fromisoformat
def need(holds, otherwise):  # note what does not hold
    bad.extend([] if holds else [otherwise])
def text(above, name):  # of the only element of that name, with the characters that XML cannot hold
    [only] = above.findall(N + name)
    return re.sub("\u27e6U\\+([0-9A-F]{4,6})\u27e7", lambda match: chr(int(match[1], 16)), only.text or "")
def chain(lines, previous="00" * 32):  # hash and contents of every link
    for seq, link in enumerate(map(json.loads, lines), 1):
        found = [seq, previous, sha(bytes.fromhex(previous) + link["body"].encode()).hexdigest()]
        need([link["seq"], link["prev"], link["hash"]] == found, f"LEDGER: link {seq} is not the one that follows")
        body, previous = json.loads(link["body"]), link["hash"]
        yield {**body["evidence"], **body, "hash": previous}
def find(after, subject, **said):  # number of the first link after another one that says this
    fits = (at for at, one in enumerate(links, 1) if at > after and subject in one["subjects"] and said.items() <= one.items())
    return next(fits, None) or need(False, f"LEDGER: no fitting {said['act']} after link {after}") or after
def signed(name, act):  # check a signature; give person, key, time, and what the ledger must say of it
    [part], [plan] = cert.findall(N + name), cert.findall(N + "mandate")
    person, role, key, said = (text(part, one) for one in ("person", "role", "key", "statement"))
    at, end, guards = part.get("at"), part.get("expires"), sorted(one.get("code") for one in part.findall(N + "accepted"))
    need(json.loads(said) == {"accepted": guards, "act": f"cull.{act}", "as_of": cert.get("as-of"), "at": at, "cull": culled + kept,
        "edition": text(plan, "edition"), "expires": end, "guards": (met := sorted(json.loads(said).get("guards") or [])), "list": order,
        "person": person, "plan": plan.get("digest"), "role": role}, f"{name}: the statement says something else than the certificate")
    need(act == "propose" or {*met} <= {*guards}, f"{name}: it does not accept every guard that stopped the list")
    was = [one for one in links if person in one["subjects"] and "role" in one and instant(one["at"]) <= instant(at)]
    told = [one["role"] for one in was if one["act"] in ("person.add", "person.change")]
    need(told[-1:] == [role] and role in MAY[act], f"{name}: the role has no mandate, or was another then")
    need([part.get("order"), part.get("act")] == [order, act], f"{name}: it is of another order or act")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(text(part, "signature")), said.encode())
    except (InvalidSignature, ValueError):
        need(False, f"{name}: the signature is not genuine")
    own = [one for one in keys if [one["person"], one["key"]] == [person, key] and instant(one["added"]) <= instant(at)]
    need([one for one in own if instant(at) <= instant(one["ended"] or "9999-12-31T00:00:00Z")], f"{name}: not the person's key then")
    return person, at, end, find(0, person, act="person.key", key=key), key, sha(said.encode()).hexdigest()
sys.excepthook = lambda kind, error, _: print(*bad, f"UNREADABLE: {kind.__name__}: {error}", sep="\n")
options = argparse.ArgumentParser(description=__doc__)
for option, more in {"certificate": {}, "keys": {}, "ledger": {}, "--head": {}, "--item": {"nargs": 2}}.items():
    options.add_argument(option, **more)
asked = options.parse_args()
data, keys, links = (open(one, "rb").read() for one in (asked.certificate, asked.keys, asked.ledger))
if b"<!" in data or not data.startswith(b"<?xml version='1.0' encoding='utf-8'?>"):
    raise ValueError("the certificate has another declaration than ours, or a document type")
cert, keys, links = ET.fromstring(data), list(map(json.loads, keys.splitlines())), list(chain(links.splitlines()))
[counts], [annex], [link], order = *(cert.findall(N + one) for one in ("outcomes", "annex", "ledger")), cert.get("order")
culled, kept, leaves = int(counts.get("culled")), int(counts.get("kept")), [one.text for one in annex.findall(N + "leaf")]
p, p_at, _, p_link, p_key, p_sha = signed("proposal", "propose")
a, a_at, end, a_link, a_key, a_sha = signed("approval", "approve")
need(p != a and p_key != a_key, "SIGNATURES: the same person proposed and approved")
times = list(map(instant, (p_at, a_at, cert.get("begun"), cert.get("finished"))))
need(times == sorted(times) and times[2] <= instant(end), "TIME: not begun between approval and its expiry")
need(leaves == sorted({one for one in leaves if re.fullmatch("[0-9a-f]{64}", one)}), "ANNEX: not leaves, or not ascending")
counted = {len(leaves), culled, int(annex.get("count")), sum(int(one.get("items")) for one in cert.findall(N + "total"))}
need(len(counted) == 1, "COUNT: leaves, totals and counts differ")
level = [bytes.fromhex(leaf) for leaf in leaves] or [sha(b"").digest()]
while len(level) > 1:
    level = [sha(b"\1" + one + two).digest() for one, two in zip(level[::2], level[1::2])] + level[len(level) & ~1:]
need(level[0].hex() == annex.get("root"), "ROOT: it is not that of the leaves")
need(links[int(link.get("seq")) - 1]["hash"] == link.get("hash"), "LEDGER: the certificate names another link")
need(asked.head in {None, links[-1]["hash"]}, "LEDGER: the last link is not the one that --head names")
at = max(p_link, find(0, order, act="cull.proposed"))
at = find(at, order, act="cull.signed", actor=p, key=p_key, statement_sha256=p_sha)
at = find(max(at, a_link), order, act="cull.approved", actor=a, key=a_key, statement_sha256=a_sha, expires=end)
need(not [one for one in links[at:] if one["act"] == "cull.withdrawn" and order in one["subjects"]], "LEDGER: it was withdrawn")
at, whole = find(at, order, act="cull.begun"), sha(data).hexdigest()
find(at, order, act="cull.certified", certificate_sha256=whole, root=level[0].hex(), culled=culled)
if asked.item:
    leaf = sha(bytes.fromhex(asked.item[1]) + asked.item[0].encode()).hexdigest()
    print("ITEM", asked.item[0], "is present" if leaf in leaves else "is absent")
sys.exit(print(*bad or [f"OK {culled} culled, {len(links)} links, head {links[-1]['hash']}"], sep="\n") or bool(bad))
