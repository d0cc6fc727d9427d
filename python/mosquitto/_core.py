"""What the parts of the client have in common: its state, and how every method ends."""

import threading
from ctypes import c_void_p
from typing import Any, List, Mapping, Optional, Set, Tuple

from . import _callbacks
from ._properties import PropertyKey
from ._waits import Waits
from .enums import Error
from .errors import MosquittoError

#: How methods take MQTT 5 properties.
PropertyMapping = Optional[Mapping[PropertyKey, Any]]

SUCCESS = int(Error.MOSQ_ERR_SUCCESS)
NO_CONN = int(Error.MOSQ_ERR_NO_CONN)


class Core:
    """The state of a client."""

    _handle: c_void_p  # the ``struct mosquitto *``
    _obj: Any
    _interrupt: Optional[KeyboardInterrupt]  # came while a callback ran
    _always: Set[str]  # callbacks that the client itself needs
    _waits: Waits
    _thread_started: bool
    _looper: Optional[int]  # the thread that runs the loop
    _closing: threading.Event  # the program wants no connection
    _reconnect_delay: Tuple[int, int, bool]
    _passwords: List[Any]
    #: Whether methods raise instead of returning a number other than 0.
    raise_errors: bool

    def _done(self, code: int, what: str) -> int:
        """Every method ends here: what interrupted a callback and, if wanted, errors become exceptions."""
        if self._interrupt is not None:
            interrupt, self._interrupt = self._interrupt, None
            raise interrupt
        if code and self.raise_errors:
            raise MosquittoError(code, what)
        return code

    def _need(self, *attributes: str) -> None:
        for attribute in attributes:
            if attribute not in self._always:
                self._always.add(attribute)
                _callbacks.install(self._handle, attribute, True)


def refused(error: ValueError) -> int:
    """The number for text that cannot be sent."""
    malformed = isinstance(error, UnicodeError)
    return int(Error.MOSQ_ERR_MALFORMED_UTF8 if malformed else Error.MOSQ_ERR_INVAL)
