"""
    endpoint.py log FOLDER COUNT

Answers {"lines": the newest of what the servers printed, oldest first}.
"""
from answer import answer
from serverlog import last_lines


def main(folder, count):
    answer({"lines": last_lines(folder.at("log"), int(count))})
    return 0
