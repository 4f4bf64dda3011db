"""Django's RedisCache (4.0 to 6.1) over a Redis Cluster, for a Django that has none: same keys, same bytes, same expiry."""
import pickle

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from redis.cluster import ClusterNode, RedisCluster


class ClusterCache(BaseCache):
    def __init__(self, server, params):
        super().__init__(params)
        host, port = server.split(":")
        self.client = RedisCluster(startup_nodes=[ClusterNode(host, int(port))])

    def get(self, key, default=None, version=None):
        value = self.client.get(self.make_key(key, version))
        return default if value is None else pickle.loads(value)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        made = self.make_key(key, version)
        timeout = self.get_backend_timeout(timeout)
        if timeout == 0:
            self.client.delete(made)
        else:
            self.client.set(made, pickle.dumps(value, pickle.HIGHEST_PROTOCOL), ex=timeout)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        return bool(self.client.set(self.make_key(key, version), data, ex=self.get_backend_timeout(timeout), nx=True))

    def has_key(self, key, version=None):
        return bool(self.client.exists(self.make_key(key, version)))

    def delete(self, key, version=None):
        return bool(self.client.delete(self.make_key(key, version)))

    def get_backend_timeout(self, timeout=DEFAULT_TIMEOUT):
        if timeout == DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        return None if timeout is None else max(0, int(timeout))
