#!/usr/bin/env python3
"""Every option of a Daemon file is read by somebody: each member of the structs
in config/daemon_file.h is used outside of config/.  Exit 1 where one is not."""
import pathlib
import re
import sys

MEMBER = re.compile(r"^\t[\w \t]+?[ *](\w+);", re.M)
# What has a single legal value in this version says nothing to anybody.
ONE_VALUE = {"store_config.on_empty"}
STRUCT = re.compile(r"^struct (\w+) \{(.*?)^\};", re.M | re.S)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    header = (root / "config/daemon_file.h").read_text()
    header = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    text = "\n".join(
        source.read_text()
        for top in ("daemon", "pipeline")
        for source in sorted((root / top).rglob("*.c")))
    used = set(re.findall(r"(?:\.|->)\s*(\w+)", text))
    unread = [f"{struct}.{member}"
              for struct, body in STRUCT.findall(header)
              for member in MEMBER.findall(body)
              if member not in used and f"{struct}.{member}" not in ONE_VALUE]
    for name in unread:
        print(f"config/daemon_file.h: nobody reads {name}")
    return 1 if unread else 0


sys.exit(main())
