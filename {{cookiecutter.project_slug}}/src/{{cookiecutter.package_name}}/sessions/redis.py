"""Sessions in Redis or Valkey: the store for many machines."""

import logging
import time
from typing import Any

from redis.backoff import NoBackoff
from redis.connection import Connection, ConnectionPool
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError
from redis.retry import Retry

from ..refusal import Refused
from ..settings import Settings
from .store import Changes, Login, Pool, Record, StoreDown

log = logging.getLogger(__name__)
# Scripts, because each must be one step: a session that ends in between is not written any more.
# A session is a hash, its values are in fields that begin with "="; the index of a user's sessions is a sorted set
# by the latest time at which each ends.
WRITE = """
local key, to, new, idle, absolute, now = KEYS[1], KEYS[2], ARGV[1] == '1', ARGV[2], ARGV[3], ARGV[4]
if not new and redis.call('EXISTS', key) == 0 then return 0 end
if to ~= key then
    local owner = redis.call('HGET', key, 'user')
    if owner then redis.call('ZREM', 'user:' .. owner, key) end
    redis.call('RENAME', key, to)
end
for i = 5, #ARGV, 2 do
    if ARGV[i + 1] == '' then redis.call('HDEL', to, ARGV[i]) else redis.call('HSET', to, ARGV[i], ARGV[i + 1]) end
end
local created, user = unpack(redis.call('HMGET', to, 'created', 'user'))
redis.call('EXPIREAT', to, math.min(now + idle, created + absolute))
if user and (new or to ~= key) then
    redis.call('ZADD', 'user:' .. user, created + absolute, to)
    redis.call('ZREMRANGEBYSCORE', 'user:' .. user, 0, now)
    redis.call('EXPIRE', 'user:' .. user, absolute)
end
return 1
"""
END = """
local ended = 0
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do ended = ended + redis.call('DEL', key) end
redis.call('DEL', KEYS[1])
return ended
"""
LIST = """
local found = {}
for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local row = redis.call('HMGET', key, 'created', 'seen', 'agent')
    if row[1] then table.insert(found, {key, unpack(row)}) end
end
return found
"""


class RedisStore:
    """One hash a session; the server removes what has expired."""

    def __init__(self, settings: Settings) -> None:
        timeout = settings.session_timeout / 2  # a request may wait twice: when it reads and when it writes
        options = {"socket_timeout": timeout, "socket_connect_timeout": timeout, "retry": Retry(NoBackoff(), 0)}
        try:
            # Its connections without itself: a third of a read is spent in the client around them.
            pool = ConnectionPool.from_url(settings.session_url, protocol=2, driver_info=None, **options)
        except ValueError as error:
            raise Refused(
                f"SESSION_URL: not an address of Redis ({error}), for example redis://localhost:6379/0."
            ) from None
        self._place = "{host}:{port}".format_map({"host": "localhost", "port": 6379, **pool.connection_kwargs})
        self._idle, self._absolute = settings.session_idle, settings.session_absolute
        self._pool = Pool(
            lambda: pool.connection_class(**pool.connection_kwargs),
            lambda connection: connection.disconnect(),
            lambda connection: not connection.can_read(),
            (RedisError, OSError),
        )

    def check(self) -> None:
        try:
            self.ping()
        except StoreDown as error:
            if isinstance(error.__cause__, AuthenticationError | NoPermissionError):
                raise Refused(
                    f"SESSION_URL: Redis at {self._place} refuses the user or the password. Give those that its ACL has,"
                    " for example rediss://sessions:<password>@redis.internal:6379/0."
                ) from None
            log.warning("the session store at %s does not answer yet", self._place)  # it may come later

    def load(self, key: bytes) -> Record | None:
        def work(connection: Connection) -> Any:
            try:
                return command(connection, "HGETALL", name(key))
            except ResponseError as error:
                if str(error).startswith("WRONGTYPE"):
                    return error
                raise

        reply = self._pool.run(work)
        if not reply:
            return None
        fields = dict(zip(reply[::2], reply[1::2], strict=True))
        now, seen = time.time(), int(fields[b"seen"])
        if seen <= now - self._idle or int(fields[b"created"]) <= now - self._absolute:
            return None  # the limits have been lowered since the server learnt of them
        data = {field[1:].decode(): text.decode() for field, text in fields.items() if field.startswith(b"=")}
        user = fields.get(b"user")
        return Record(data, user and user.decode(), seen)

    def write(
        self, key: bytes, changes: Changes, to: bytes = b"", login: Login | None = None, new: bool = False
    ) -> bool:
        now = int(time.time())
        fields: dict[str, object] = {f"={field}": text or "" for field, text in changes.items()}
        fields |= ({"created": now} if new else {}) | {"seen": now} | (login._asdict() if login else {})
        pairs = [item for pair in fields.items() for item in pair]
        limits = int(new), self._idle, self._absolute, now
        return bool(self._run("EVAL", WRITE, 2, name(key), name(to or key), *limits, *pairs))

    def delete(self, key: bytes) -> None:
        self._run("DEL", name(key))

    def delete_user(self, user: str) -> int:
        return int(self._run("EVAL", END, 1, f"user:{user}"))

    def sessions_of(self, user: str) -> list[tuple[bytes, int, int, str]]:
        rows = self._run("EVAL", LIST, 1, f"user:{user}")
        return [
            (bytes.fromhex(key[8:].decode()), int(created), int(seen), agent.decode())
            for key, created, seen, agent in rows
        ]

    def ping(self) -> None:
        self._run("SET", "session-ping", 1, "EX", 60)  # a replica and a full disk show only when one writes

    def _run(self, *words: Any) -> Any:
        return self._pool.run(lambda connection: command(connection, *words))


def command(connection: Connection, *words: Any) -> Any:
    """Send a command and return the reply."""
    connection.send_command(*words, check_health=False)
    return connection.read_response()


def name(key: bytes) -> str:
    """Return the name of a session in Redis."""
    return f"session:{key.hex()}"
