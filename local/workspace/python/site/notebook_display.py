"""Functions that every notebook finds in its namespace. What they show goes to the log of the task."""

import dbutils


def display(*values, **_options):
    for value in values:
        print(value)


def displayHTML(text):
    print(text)


FUNCTIONS = {"display": display, "displayHTML": displayHTML, "getArgument": dbutils.widgets.getArgument}
