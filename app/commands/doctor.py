"""`anamnesis doctor`: tries every part of the machine that the program relies on."""

import argparse

from app.commands.output import print_json
from app.settings import find_paths


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("doctor", help="self-test", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 unless a part fails."""
    from app.insight.self_test import Finding, Health, self_test

    paths = find_paths(arguments.data_dir)
    findings: list[Finding] = []
    for finding in self_test(paths.models, paths.data):
        findings.append(finding)
        if not arguments.json:
            print(f"{finding.health:<5} {finding.name:<30} {finding.detail}", flush=True)
    if arguments.json:
        print_json({"findings": [{"name": f.name, "health": f.health.value, "detail": f.detail} for f in findings]})
    return 1 if any(f.health is Health.FAIL for f in findings) else 0
