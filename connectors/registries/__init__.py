"""Where registrations are sent: one module per kind of registry (the port ``schemas.neighbours.Registry``)."""

from __future__ import annotations

from collections.abc import Callable

from schemas.neighbours import Registry
from schemas.refusal import RefusedError
from schemas.registration import RegistrySettings


def open_registry(registry: RegistrySettings, secret: Callable[[str], str | None]) -> Registry:
    """Open a registry; nothing is asked of it yet.

    Args:
        secret: value of an environment variable, or None.

    Raises:
        RefusedError: a variable that the settings name is not set, or an address is unusable.
    """
    if registry.kind == "folder":
        from connectors.registries.folder import FolderRegistry  # noqa: PLC0415 - each loads what it needs alone

        return FolderRegistry(registry)
    from connectors.registries.mail import MailRegistry  # noqa: PLC0415 - as above

    password = None
    if registry.password_env:
        password = secret(registry.password_env)
        if password is None:
            raise RefusedError(
                f"registry {registry.name}.password_env", registry.password_env, "set this environment variable"
            )
    return MailRegistry(registry, password=password)
