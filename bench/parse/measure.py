"""Measures reading Jenkinsfiles, alone and through a language server; see run."""
import json, os, pathlib, socket, statistics, subprocess, sys, tempfile, time

java, class_path, rounds, times, launcher = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
root = pathlib.Path(__file__).resolve().parents[2]
pct = lambda values, p: sorted(values)[max(0, -(-len(values) * p // 100) - 1)]


def stages(size):
    """The board's own file, its stages repeated under other names up to the size."""
    text = (root / "board/backend/Jenkinsfile").read_text()
    first, last = text.index("stage('"), text.rindex("\n    }\n")
    stage, n = text[first:last].rstrip(), 0
    while len(text) < size:
        n += 1
        more = stage.replace("stage('", f"stage('{n} ")
        text = text[:last] + "\n        " + more + text[last:]
        last += len(more) + 9
    return text


def reading(kind, file):
    out = subprocess.run([java, "-XX:TieredStopAtLevel=1", "-cp", class_path, "dev.naru.pipeline.lang.ParseBench", kind, file,
                          str(times)], check=True, capture_output=True, text=True).stdout.split()
    took = [int(x) for x in out]
    return took[0] / 1000, statistics.median(took[len(took) // 2:]), pct(took[len(took) // 2:], 99)


class Editor:
    def __init__(self):
        self.process = subprocess.Popen([java, "-XX:TieredStopAtLevel=1", "-cp", class_path, "dev.naru.server.cli.Main", "lsp"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def send(self, method, params, **more):
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def until(self, wanted):
        while True:
            length = 0
            while (line := self.process.stdout.readline().strip()):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            message = json.loads(self.process.stdout.read(length))
            if wanted(message):
                return message


def served(text):
    editor = Editor()
    uri = "untitled:Jenkinsfile"
    editor.send("initialize", {"capabilities": {}}, id=1)
    editor.until(lambda m: m.get("id") == 1)
    took = []
    for version in range(times):
        # Another text each time, as it is typed.
        changed = text + "// " + "x" * version + "\n"
        started = time.monotonic()
        if version == 0:
            editor.send("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "x", "version": 0, "text": changed}})
        else:
            editor.send("textDocument/didChange", {"textDocument": {"uri": uri, "version": version},
                                                   "contentChanges": [{"text": changed}]})
        editor.until(lambda m: m.get("method", "").endswith("publishDiagnostics") and m["params"].get("version") == version)
        took.append((time.monotonic() - started) * 1000)
    editor.send("shutdown", None, id=2)
    editor.until(lambda m: m.get("id") == 2)
    editor.send("exit", None)
    if editor.process.wait(timeout=30):
        sys.exit(f"bench/parse: the language server ended with {editor.process.returncode}")
    return took


def commanded(text, work):
    """`naru lint --stdin` as an editor runs it: a process each time; the first starts the service that answers the others."""
    env = {k: v for k, v in os.environ.items() if k != "CI"} | {"XDG_RUNTIME_DIR": work}
    took, told = [], pathlib.Path(work) / "naru-lint"
    for n in range(times):
        started = time.monotonic()
        subprocess.run([launcher, "lint", "--stdin"], input=text.encode() + b"// " + b"x" * n + b"\n", check=True, env=env,
                       stdout=subprocess.DEVNULL)
        took.append((time.monotonic() - started) * 1000)
        until = time.monotonic() + 60
        while not told.exists() and time.monotonic() < until:
            time.sleep(0.1)
    port = told.read_text().split()[0]
    told.unlink()
    # A service whose file is gone ends at the next question.
    socket.create_connection(("127.0.0.1", int(port))).close()
    return took


print(f"parse: median of {rounds} processes, {times} readings each, {os.cpu_count()} processors")
with tempfile.TemporaryDirectory() as work:
    for size in (2_000, 10_000):
        text = stages(size)
        file = pathlib.Path(work) / "Jenkinsfile"
        file.write_text(text)
        sides = {"naru": [], "groovy": []}
        for _ in range(rounds):
            for kind in sides:
                sides[kind].append(reading(kind, str(file)))
        print(f"  a file of {len(text)} characters   {'first ms':>9} {'warm us':>8} {'p99 us':>8} {'warm us per 10 KB':>18}")
        for kind, results in sides.items():
            first, warm, p99 = (statistics.median(r[i] for r in results) for i in range(3))
            what = "parse and check" if kind == "naru" else "to CONVERSION"
            print(f"    {kind:6} {what:16}      {first:9.0f} {warm:8.0f} {p99:8.0f} {warm * 10240 / len(text):18.0f}")
        ratio = [statistics.median(r[i] for r in sides["naru"]) / statistics.median(r[i] for r in sides["groovy"]) for i in (0, 1)]
        print(f"    naru takes {ratio[0]:.2f}x the first time and {ratio[1]:.2f}x the warm time of groovy alone")
        for what, took in (("naru lsp, a change to its diagnostics", served(text)), ("naru lint --stdin", commanded(text, work))):
            warm = took[len(took) // 2:]
            print(f"    {what}: first {took[0]:.0f} ms, warm p50 {pct(warm, 50):.1f} ms, p99 {pct(warm, 99):.1f} ms"
                  f" ({'within' if pct(warm, 99) < 100 else 'beyond'} the 100 ms that are the goal)")
print(f"  load {os.getloadavg()[0]:.1f} at the end")
