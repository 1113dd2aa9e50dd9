"""Runs a pipeline document and gets its pictures back. Needs pipeline-run on the PATH, and no package.

    python3 paint.py Pipelines/demo.json steps=20
"""
import json
import subprocess
import sys
import tempfile


class PipelineError(Exception):
    """What went wrong, in the program's words."""


def run(document, inputs=None, params=None, progress=None, program="pipeline-run", out=None):
    """Runs a document; returns the files of its outputs by name, and whatever its stages saved.

    progress: called with (stage, fraction, done, total): a stage's own progress, and stages done of all that run.
    """
    out = out or tempfile.mkdtemp(prefix="pipeline-")
    command = [program, document, "--json", "--out", out]
    for option, values in (("--input", inputs), ("--param", params)):
        for name, value in (values or {}).items():
            command += [option, f"{name}={json.dumps(value) if isinstance(value, bool) else value}"]
    words = tempfile.TemporaryFile("w+")  # a pipe would fill up while nobody reads it
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words, text=True)
    files, done, total = {}, 0, 0
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "began":
            total = event["running"] + event["cached"]
        elif event["event"] == "progressed" and progress:
            progress(event["step"], event["fraction"], done, total)
        elif event["event"] == "finished":
            done += 1
            if progress:
                progress(event["step"], 1.0, done, total)
        elif event["event"] == "delivered":
            files[event["step"].removeprefix("outputs/")] = event["place"]
    if process.wait() != 0:
        words.seek(0)
        raise PipelineError(words.read().strip())
    return files


def bar(step, fraction, done, total):
    """A progress bar on the terminal."""
    filled = int(30 * (done + fraction * (done < total)) / max(total, 1))
    print(f"\r{'█' * filled}{'░' * (30 - filled)} {done}/{total} {step:<28.28}", end="", file=sys.stderr)


if __name__ == "__main__":
    pictures = run(sys.argv[1], params=dict(word.split("=", 1) for word in sys.argv[2:]), progress=bar)
    print(file=sys.stderr)
    for name, path in pictures.items():
        print(f"{name}: {path}")
