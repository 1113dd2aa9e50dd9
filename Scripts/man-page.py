#!/usr/bin/env python3
"""Writes a manual page of what the command says of itself: --experimental-dump-help on standard input."""

import json
import sys


def escaped(text):
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in lines)


def flags(argument):
    names = [("--" if name["kind"].startswith("long") and name["kind"] != "longWithSingleDash" else "-") + name["name"]
             for name in argument.get("names", [])]
    value = argument.get("valueName", "")
    if argument["kind"] == "positional":
        return f"\\fI{escaped(value)}\\fR"
    names = ", ".join(f"\\fB{escaped(name)}\\fR" for name in names)
    return names + (f" \\fI{escaped(value)}\\fR" if argument["kind"] == "option" else "")


def paragraphs(text):
    for block in text.strip("\n").split("\n\n"):
        print(".PP")
        if block.startswith((" ", "EXAMPLES", "EXIT CODES")) or "\n  " in block:
            print(".nf\n" + escaped(block) + "\n.fi")
        else:
            print(escaped(block))


def command(node, path):
    if not node.get("shouldDisplay", True) or node["commandName"] == "help":
        return
    path = f"{path} {node['commandName']}".strip()
    if " " in path:
        print(f'.SS "{escaped(path)}"\n{escaped(node.get("abstract", ""))}')
        paragraphs(node.get("discussion", ""))
    for argument in node.get("arguments", []):
        names = [name["name"] for name in argument.get("names", [])]
        if not argument.get("shouldDisplay", True) or "help" in names or "version" in names:
            continue
        print(f".TP\n{flags(argument)}\n{escaped(argument.get('abstract', '').strip() or ' ')}")
        if argument.get("defaultValue"):
            print(escaped(f"(default: {argument['defaultValue']})"))
    for child in node.get("subcommands", []):
        command(child, path)


root = json.load(sys.stdin)["command"]
name = root["commandName"]
print(f'.TH {name.upper()} 1\n.SH NAME\n{escaped(name)} \\- {escaped(root["abstract"])}')
print(f".SH SYNOPSIS\n\\fB{escaped(name)}\\fR [\\fIcommand\\fR] \\fIdocument\\fR [\\fIoptions\\fR]\n.SH DESCRIPTION")
paragraphs(root.get("discussion", ""))
print(".SH COMMANDS")
for child in root["subcommands"]:
    command(child, name)
