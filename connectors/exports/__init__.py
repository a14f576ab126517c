"""One module per export format: what a platform hands an account's owner, as a zip, a tar, a CAR file or a folder.

A module here follows the port ``schemas.neighbours.Export``; ``bevara import`` finds it by itself. Model: ``x_archive``.
A generator of its real layout stands in ``tests/exports/<module>.py``; ``tests/contracts/test_exports.py`` is the
contract that every module passes. What a module must know:

**Constants.** ``NAME`` (the module's name), ``PLATFORMS`` (platforms of account files it belongs to), ``IGNORED`` and
``VOLATILE`` as for platforms. The docstring says what the export lacks.

**recognise(bundle)** looks at names only, at most at the beginning of one file; it is true for no other format's
bundle, and false for an empty one. Exports lie at the top or below one folder, so match a path's end
(``naming.matching``), and take paths inside the export relative to that folder (``naming.above``).

**owner(bundle)** is whose export it is, as far as it says; the native id must be the one that the platform's own
module knows the account by (``Health.native``). The import refuses another account's export by it.

**read(bundle, account, own=…, at=…)** yields captures of some tens of items (``Capture.body`` = list of the items'
own JSON; ``listing`` = what kind of list; ``endpoint`` = ``export:<NAME>``; ``status`` 200; ``at`` = the argument;
``context["own"]`` = the argument, ``context["handle"]`` = ``account.handle``) and findings. It streams: ``arrays.items`` for JSON arrays of any size,
``sheets.rows`` for CSV; no file is ever read whole unless the layout bounds its size. Files come in the order that
puts what is newest or best first only if it matters: an item that comes twice is taken as it came first. Damage in one
file does not end the reading: ``onward.captures_of`` and ``onward.each_file`` tell of it (I105) and go on. Private
messages are read only when ``account.harvest.messages``; otherwise, if the export holds any, one finding H140 (info).
Names of files and folders may be persons' names: they appear in no finding, parameter or endpoint.

**parse(capture)** is pure and total, as for platforms: every field is used, in IGNORED, in VOLATILE, or reported by
H121. It may be run in another process. Own items have ``author_native=capture.context["own"]`` and, where the export
names nobody, ``author=capture.context["handle"]``.

**Ids.** Where the export has the platform's id, ``Seen.native`` is exactly what the platform's module makes of it.
Where it has none, ``Seen.native`` is ``schemas.near.unnamed(...)``: a name made of kind, second, text and file names.
Such items are matched by account, second of publication and normalised text, else by the attachments' digests
(``flows.harvest.intake.match``); the same name twice in one listing is numbered by ``opening``. So give ``stated`` or ``platform_time`` with the platform's own second, and the text
as the platform's module would give it.

**Attachments.** ``MediaRef.origin`` is ``naming.inside(path)``, the file's name in the bundle (as in ``names()``); a
file that is not there is reported by the import. Never an address: an import asks nobody for anything.

**What is gone or hidden.** An item that the export lists as removed has ``Seen.removed_by`` ("us" when the account
did it, "" when the export does not say); one that the account has archived or hidden has ``hidden`` and ``hidden_by``.
An export never says that something came back: what is not marked changes no state that is on record.

**Versions.** An export shows one moment, often an old one: ``edited`` is given only if the export has the time of the
last edit. An item already known is given a new version only when that time is later than what is on record.

**Trust.** Whatever stands in the files is hostile until shown otherwise: wrong types give H122 (the item is lost) or
H126 (a field is), times out of reason give H123, an absurdly large item gives I107; nothing raises but RefusedError
from the bundle itself, and what was read before it is handed over first.
"""
