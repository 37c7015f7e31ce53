"""Runs commands of the aws command line: its driver, loaded once, and a process of its own for each command.

Says its release first. Then reads one command per line, a JSON list of arguments, and answers with a line of JSON:
exit code, standard output, standard error.
"""

import json
import os
import sys
import tempfile

import awscli
from awscli.clidriver import create_clidriver

driver = create_clidriver()
loaded = set()


def load(service):
    """Reads the service's model, which every command of the service needs."""
    if service not in loaded:
        loaded.add(service)
        name = {"s3api": "s3"}.get(service, service)
        driver.session.create_client(name, region_name="local", endpoint_url="http://127.0.0.1")


def run(args):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            code = 1
            try:
                code = driver.main(args)
            except SystemExit as end:
                code = end.code
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code or 0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
        return {"code": status, "stdout": texts[0], "stderr": texts[1]}


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


say(awscli.__version__)
for line in sys.stdin:
    command = json.loads(line)
    load(command[0])
    say(run(command))
