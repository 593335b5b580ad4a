"""A small client of the API for the walkthrough: people with tokens, versions as If-Match, refusals, and the clock."""
import datetime
import http.client
import itertools
import json

PASSWORD = "correct horse battery staple"


class Refused(Exception):
    def __init__(self, status, problem):
        super().__init__(f"{status} {json.dumps(problem)}")
        self.status, self.problem = status, problem


def same(found, expected):
    assert str(found) == str(expected), f"expected {expected}, got {found}"


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.tokens, self.ids, self.scopes = {}, {}, {}
        self.requests = self.refusals = 0
        self.keys = itertools.count()

    def send(self, who, method, path, body=None, headers=None):
        """The answer as (status, headers, JSON). `body` is JSON, or bytes of a file."""
        self.requests += 1
        headers = dict(headers or {})
        if who:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        if method != "GET" and who:
            headers["Idempotency-Key"] = f"cycle-{next(self.keys)}"
        if body is not None and not isinstance(body, bytes):
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, answer.headers, json.loads(text) if text else None

    def call(self, who, method, path, body=None, headers=None):
        """The answer's JSON; raises Refused."""
        status, _, answer = self.send(who, method, path, body, headers)
        if status >= 400:
            raise Refused(status, answer)
        return answer

    def accept(self, who, invitation):
        """Whoever has the link becomes `who`, with a token."""
        status, headers, session = self.send("", "POST", "/api/v1/invitations/accept", {"token": invitation, "password": PASSWORD})
        if status != 201:
            raise Refused(status, session)
        me = session["me"]
        self.ids[who] = me["id"]
        self.scopes[who] = ["read", "write"] + (["admin"] if "administrator" in me["roles"] else [])
        cookie = headers["Set-Cookie"].split(";")[0]
        self.tokens[who] = self.token("", {"Cookie": cookie, "X-CSRF-Token": session["csrf_token"]}, who)

    def token(self, by, headers, who):
        until = (datetime.datetime.fromisoformat(self.now) if self.tokens else datetime.datetime.now(datetime.timezone.utc))
        until += datetime.timedelta(days=365)
        wish = {"name": "walkthrough", "scopes": self.scopes[who], "expires": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
        return self.call(by, "POST", "/api/v1/me/tokens", wish, headers)["token"]

    def invite(self, who, name, roles):
        made = self.call("admin", "POST", "/api/v1/people", {"name": name, "email": f"{who}@nordcert.example", "roles": roles})
        self.now = self.call("admin", "GET", "/api/v1/clock")["now"].replace("Z", "+00:00")
        self.accept(who, made["invitation"]["token"])

    @property
    def today(self):
        """The day of the server's clock; nobody in this story works at night, so that zones do not matter."""
        return datetime.date.fromisoformat(self.now[:10])

    def travel(self, day):
        """To the morning of the day, by steps that no token outlives."""
        while True:
            step = min(day, self.today + datetime.timedelta(days=300))
            answer = self.call("admin", "PUT", "/api/v1/clock", {"now": f"{step}T09:00:00Z"})
            self.now = answer["now"].replace("Z", "+00:00")
            for who in self.tokens:
                self.tokens[who] = self.token(who, None, who)
            if step == day:
                return

    def make(self, who, plural, command, **fields):
        made = self.call(who, "POST", f"/api/v1/{plural}?command={command}", fields)
        return f"/api/v1/{plural}/{made['id']}"

    def get(self, path, who="manager"):
        return self.call(who, "GET", path)

    def fields(self, path):
        return self.get(path)["fields"]

    def act(self, who, path, command, second=None, **fields):
        """Performs a command, with its second person; the state after it."""
        version = {"If-Match": f'"v{self.get(path, who)["version"]}"'}
        answer = self.call(who, "POST", f"{path}/commands/{command}", fields, version)
        if second:
            [proposal] = self.call(second, "GET", f"{path}/proposals")["proposals"]
            version = {"If-Match": f'"v{self.get(path, second)["version"]}"'}
            answer = self.call(second, "POST", f"{path}/proposals/{proposal['id']}/confirm", None, version)
        return answer["state"]

    def refused(self, guard, who, path, command, **fields):
        """The command must be refused, by the guard or with the reason."""
        try:
            self.act(who, path, command, **fields)
        except Refused as refused:
            self.refusals += 1
            told = json.dumps(refused.problem)
            assert guard in told or (guard == "not-permitted" and refused.status == 404), f"{command}: expected {guard}, got {told}"
            return
        raise AssertionError(f"{who} must not {command}")

    def evidence(self, who, path, title):
        self.call(who, "POST", f"{path}/evidence", {"kind": "observation", "title": title, "description": title,
                                                       "place": "Hamburg"})

    def linked(self, path, name, who="manager"):
        return [link for link in self.call(who, "GET", f"{path}/links?limit=200")["links"] if link["name"] == name]

    def events(self, path, kind):
        """The days on which events of a kind happened to the record."""
        found, at = [], f"{path}/events?limit=200"
        for event in self.call("manager", "GET", at)["items"]:
            if event["type"].endswith("." + kind):
                found.append(event["timestamp"][:10])
        return found
