"""Source-format notebooks: Python files that begin with a marker and whose cells are divided by a comment line."""

MARKER = "# Databricks notebook source"
DIVIDER = "# COMMAND ----------"
MAGIC = "# MAGIC"


def notebook_cells(source, path):
    """Yields ("code", text) and ("run", target) in order. Code keeps its line numbers by blank lines in front of it.

    ``%md`` cells are text and give nothing; ``%pip`` was done before the notebook starts; any other magic is an error,
    because skipping it would make the notebook mean something else.
    """
    number = 0
    cell = []
    lines = source.splitlines()
    for index, line in enumerate(lines + [DIVIDER]):
        if line.strip() == DIVIDER or (index == 0 and line.strip() == MARKER):
            yield from cell_parts(cell, number, path)
            cell, number = [], index + 1
        else:
            cell.append(line)


def cell_parts(cell, first, path):
    magic = [
        (first + index + 1, line[len(MAGIC) :].strip()) for index, line in enumerate(cell) if line.startswith(MAGIC)
    ]
    if not magic:
        if any(line.strip() for line in cell):
            yield "code", "\n" * first + "\n".join(cell) + "\n"
        return
    command = next((entry for entry in magic if entry[1]), None)
    if command is None:
        return
    line, text = command
    name, _, rest = text.partition(" ")
    if name == "%run":
        yield "run", rest.strip().strip("\"'")
    elif name == "%python":
        body = [entry[len(MAGIC) :].removeprefix(" ") if entry.startswith(MAGIC) else entry for entry in cell]
        body[line - first - 1] = rest
        yield "code", "\n" * first + "\n".join(body) + "\n"
    elif name == "%pip":
        yield from code_beside_magic(cell, first)
    elif not name.startswith("%md"):
        raise NotImplementedError(f"{path}, line {line}: the local workspace does not run the notebook magic {name}.")


def code_beside_magic(cell, first):
    body = ["" if line.startswith(MAGIC) else line for line in cell]
    if any(line.strip() for line in body):
        yield "code", "\n" * first + "\n".join(body) + "\n"
