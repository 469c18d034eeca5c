"""Sessions in Redis or Valkey: the store for many machines."""

import hashlib
import logging
import ssl
import time
from typing import Any

from hiredis import HiredisError, ProtocolError, ReplyError

from ..refusal import Refused
from ..settings import Settings
from . import resp
from .store import Answer, Changes, Login, Pool, Record, StoreDown

UNWELCOME = ("NOAUTH", "NOPERM", "WRONGPASS", "ERR The user", "ERR DB index", "ERR AUTH", "ERR invalid password")
log = logging.getLogger(__name__)
# A session is a hash, its values are in fields that begin with "="; a user's sessions are a set sorted by when each
# ends at the latest. Scripts, because nothing may come in between: an ended session must not be written any more.
SCRIPTS: dict[bytes, str] = {}  # by their digest, which is what the server is sent


def script(text: str) -> bytes:
    """Keep a script; return what `EVALSHA` calls it."""
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().encode()
    SCRIPTS[digest] = text
    return digest


WRITE = script("""
local key, to, new, touch, idle, absolute, now = KEYS[1], KEYS[2], ARGV[1] == '1', ARGV[2] == '1', unpack(ARGV, 3, 5)
if not new and redis.call('EXISTS', key) == 0 then return 0 end
if to ~= key then
    local owner = redis.call('HGET', key, 'user')
    if owner then redis.call('ZREM', 'user:' .. owner, key) end
    redis.call('RENAME', key, to)
end
for i = 6, #ARGV, 2 do
    if ARGV[i + 1] == '' then redis.call('HDEL', to, ARGV[i]) else redis.call('HSET', to, ARGV[i], ARGV[i + 1]) end
end
if not touch then return 1 end
local created, user = unpack(redis.call('HMGET', to, 'created', 'user'))
redis.call('PEXPIRE', to, math.floor(1000 * math.min(idle, created + absolute - now)))  -- clocks differ
if user then
    redis.call('ZADD', 'user:' .. user, created + absolute, to)
    redis.call('ZREMRANGEBYSCORE', 'user:' .. user, 0, now)
    redis.call('EXPIRE', 'user:' .. user, absolute)
end
return 1
""")
END = script("""
local ended = 0
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do ended = ended + redis.call('DEL', key) end
redis.call('DEL', KEYS[1])
return ended
""")
LIST = script("""
local found = {}
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local row = redis.call('HMGET', key, 'created', 'seen', 'agent')
    if row[1] then table.insert(found, row) end
end
return found
""")
PING = script("redis.call('SET', KEYS[1], 1, 'EX', 60) return redis.call('ZREM', KEYS[2], '')")


class RedisStore:
    """One hash a session; the server removes what has expired."""

    def __init__(self, settings: Settings) -> None:
        self._idle, self._absolute = settings.session_idle, settings.session_absolute
        timeout = settings.session_timeout / 2  # a request may wait twice: when it reads and when it writes
        try:
            address = resp.parse(settings.session_url)
        except (ValueError, OSError):  # whose text may have the password in it
            raise Refused(
                "SESSION_URL: this is no address of Redis, or ssl_ca_certs is no file of certificates."
                " One is redis://localhost:6379/0."
            ) from None
        self._place = f"{address.host}:{address.port}"
        self._pool = Pool(lambda: address.connect(timeout), failed)

    def check(self) -> None:
        try:
            self.ping()
            self._pool.idle.clear()  # its connection must not be there when workers are forked
        except StoreDown as error:
            cause = error.__cause__
            if isinstance(cause, ReplyError) and str(cause).startswith(UNWELCOME):
                raise Refused(
                    f"SESSION_URL: Redis at {self._place} refuses this user, password or database ({cause})."
                    " The user needs ~session* ~user:* +@all, for example rediss://sessions:<password>@redis.internal:6379/0."
                ) from None
            if isinstance(cause, ssl.SSLCertVerificationError):
                raise Refused(
                    f"SESSION_URL: the certificate of Redis at {self._place} is not trusted ({cause.verify_message})."
                    " Name the file of its authority, for example rediss://redis.internal?ssl_ca_certs=/etc/ssl/redis.pem."
                ) from None
            log.warning("the session store at %s does not answer yet", self._place)

    def load(self, key: bytes) -> Record | None:
        reply = self._run(list, "HGETALL", name(key))
        fields = dict(zip(reply[::2], reply[1::2], strict=True))
        if not fields:
            return None
        seen = float(fields[b"seen"])
        if not self._lives(float(fields[b"created"]), seen):
            return None
        data = {field[1:].decode(): text.decode() for field, text in fields.items() if field.startswith(b"=")}
        return data, fields[b"user"].decode() if b"user" in fields else None, seen

    def write(
        self, key: bytes, changes: Changes, to: bytes = b"", login: Login = None, new: bool = False, touch: bool = True
    ) -> bool:
        now = time.time()
        fields: dict[str, str | float] = {"=" + field: text or "" for field, text in changes.items()}
        fields |= {"seen": now} if touch else {}
        fields |= {"created": now} if new else {}
        fields |= zip(("user", "created", "agent"), login, strict=True) if login else {}
        pairs = [item for pair in fields.items() for item in pair]
        options = int(new), int(touch), self._idle, self._absolute, now
        return bool(self._run(int, "EVALSHA", WRITE, 2, name(key), name(to or key), *options, *pairs))

    def delete(self, key: bytes) -> None:
        self._run(int, "DEL", name(key))

    def delete_user(self, user: str) -> int:
        return self._run(int, "EVALSHA", END, 1, f"user:{user}")

    def sessions_of(self, user: str) -> list[tuple[float, float, str]]:
        rows = self._run(list, "EVALSHA", LIST, 1, f"user:{user}")
        listed = [(float(created), float(seen), (agent or b"").decode()) for created, seen, agent in rows]
        return [row for row in listed if self._lives(row[0], row[1])]

    def ping(self) -> None:
        # A replica and a full disk show only when one writes.
        self._run(int, "EVALSHA", PING, 2, "session-ping", "user:ping")

    def _lives(self, created: float, seen: float) -> bool:
        """Whether our limits allow it: the server may know others, those of an earlier deployment."""
        now = time.time()
        return seen > now - self._idle and created > now - self._absolute

    def _run(self, kind: type[Answer], *words: Any) -> Answer:
        def work(redis: resp.Connection) -> Answer:
            try:
                reply = redis.ask(*words)
            except ReplyError as error:  # the first time, and when the server has started anew
                if not str(error).startswith("NOSCRIPT"):
                    raise
                reply = redis.ask("EVAL", SCRIPTS[words[1]], *words[2:])
            if not isinstance(reply, kind):  # or garbage would pass for a session that somebody planted
                raise ProtocolError
            return reply

        return self._pool.run(work)


def failed(error: BaseException) -> bool:
    # Another type under the key was planted there: nothing is wrong with the store.
    return isinstance(error, HiredisError | OSError) and not str(error).startswith("WRONGTYPE")


def name(key: bytes) -> str:
    """Return the name of a session in Redis."""
    return f"session:{key.hex()}"
