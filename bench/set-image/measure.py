"""Measures two ways to set an image in a manifest repository; see run."""
import http.server, os, pathlib, shutil, statistics, subprocess, sys, tempfile, threading, time

naru, runs = sys.argv[1], int(sys.argv[2])
work = pathlib.Path(tempfile.mkdtemp(prefix="bench-set-image-"))
SOURCE = "board@0123456789012345678901234567890123456789"
WHO = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]


class Hosted(http.server.BaseHTTPRequestHandler):
    """git http-backend as CGI."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def serve(self):
        body = self.body()
        path, _, query = self.path.partition("?")
        env = dict(os.environ, GIT_PROJECT_ROOT=str(work), GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query,
                   REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get("Content-Type") or "",
                   CONTENT_LENGTH=str(len(body)), HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding") or "",
                   GIT_PROTOCOL=self.headers.get("Git-Protocol") or "", REMOTE_USER="bench", REMOTE_ADDR="127.0.0.1")
        out = subprocess.run(["git", "http-backend"], input=body, env=env, stdout=subprocess.PIPE, check=True).stdout
        head, _, answer = out.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        self.send_response(next((int(v.split()[0]) for k, v in fields if k == "Status"), 200))
        for key, value in fields:
            if key != "Status":
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = serve


def git(*arguments, cwd=work):
    subprocess.run(["git", *arguments], cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def timed(command):
    """Seconds and CPU milliseconds of the command and what it starts, without the server's."""
    home = tempfile.mkdtemp(dir=work)
    env = dict(os.environ, HOME=home, JAVA_TOOL_OPTIONS=f"-Duser.home={home}")
    started = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=home)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - started
    if process.returncode:
        sys.exit(f"bench/set-image: {command[0]} ended with {process.returncode}: {errors.decode()}")
    shutil.rmtree(home)
    return took * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def head():
    return subprocess.run(["git", "rev-parse", "main"], cwd=work / "m.git", check=True, capture_output=True).stdout


try:
    git("init", "-q", "--bare", "-b", "main", "m.git")
    git("config", "http.receivepack", "true", cwd=work / "m.git")
    git("init", "-q", "-b", "main", "seed")
    overlay = work / "seed/overlays/local"
    overlay.mkdir(parents=True)
    (overlay / "kustomization.yaml").write_text("resources: []\nimages:\n  - name: a\n    newName: r/a\n    newTag: v0\n")
    git("add", ".", cwd=work / "seed")
    git(*WHO, "commit", "-q", "-m", "first", cwd=work / "seed")
    git("push", "-q", "../m.git", "main", cwd=work / "seed")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hosted)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/m.git"
    script = ("git clone -q --depth 1 \"$1\" m && cd m && sed -i \"s/newTag: .*/newTag: $2/\" overlays/local/kustomization.yaml"
              " && git -c user.name=b -c user.email=b@localhost commit -q -a -m \"$2\" && git push -q origin HEAD:main")
    took = {"git": [], "naru": []}
    for run in range(runs + 1):
        for name in took:
            tag = f"{name}{run}"
            before = head()
            result = timed(["sh", "-c", script, "sh", url, tag] if name == "git" else
                           [naru, "manifest", "set-image", "--repo", url, "--path", "overlays/local", "--source", SOURCE,
                            f"a=r/a:{tag}"])
            if head() == before:
                sys.exit(f"bench/set-image: {name} ended well but pushed nothing")
            if run:  # the first warms the disk's cache
                took[name].append(result)
    server.shutdown()
finally:
    shutil.rmtree(work)

p90 = lambda values: sorted(values)[max(0, -(-len(values) * 9 // 10) - 1)]
print(f"set-image: one image in a manifest repository over HTTP, {runs} runs, {os.cpu_count()} processors, "
      f"load {os.getloadavg()[0]:.1f} at the end")
print(f"  {'':6} {'median ms':>10} {'p90 ms':>8} {'cpu ms':>8}")
for name, results in took.items():
    print(f"  {name:6} {statistics.median(r[0] for r in results):10.0f} {p90([r[0] for r in results]):8.0f} "
          f"{statistics.median(r[1] for r in results):8.0f}")
ratio = [statistics.median(r[i] for r in took["naru"]) / statistics.median(r[i] for r in took["git"]) for i in (0, 1)]
print(f"  naru takes {ratio[0]:.1f}x the time and {ratio[1]:.1f}x the cpu of git")
