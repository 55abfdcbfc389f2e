"""
    agent.py status FOLDER

Answers how the job stands, see jobfolder.py.
"""
from answer import answer


def main(folder):
    answer(folder.status())
    return 0
