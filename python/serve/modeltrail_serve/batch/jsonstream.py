"""The values of a long JSON list, one after the other."""

import json

from ..problems import Malformed

READ = 1 << 16
# More than any row has: what is longer is not waited for.
LONGEST = 1 << 24
SPACE = " \t\r\n"


def values_of(text, fields):
    """Of a text file with a list, or an object whose one field is a list and is called one of `fields`."""
    stream = _Stream(text)
    if stream.next_is("{"):
        field = stream.value()
        if field not in fields or not stream.next_is(":"):
            raise Malformed("The file has to hold a list of rows, or an object with one of %s." % ", ".join(fields))
    if not stream.next_is("["):
        raise Malformed("The file has to hold a list of rows.")
    if stream.next_is("]"):
        return
    while True:
        yield stream.value()
        if stream.next_is("]"):
            return
        if not stream.next_is(","):
            raise Malformed("The file is not valid JSON: expected , or ] after a row.")


class _Stream:
    def __init__(self, text):
        self.text = text
        self.held = ""
        self.decode = json.JSONDecoder().raw_decode

    def next_is(self, character):
        """Whether the next character that is no space is this one; then it is taken."""
        while True:
            self.held = self.held.lstrip(SPACE)
            if self.held or not self._more():
                break
        if not self.held.startswith(character):
            return False
        self.held = self.held[1:]
        return True

    def value(self):
        self.next_is("\0")  # takes the space before
        while True:
            try:
                value, end = self.decode(self.held)
                # A number may go on in what is not read yet.
                if end < len(self.held) or not self._more():
                    self.held = self.held[end:]
                    return value
            except (ValueError, RecursionError) as error:
                if len(self.held) > LONGEST or not self._more():
                    raise Malformed("The file is not valid JSON: %s" % error) from None

    def _more(self):
        try:
            # Twice as much each time: a long value is then not read again for each part of it.
            part = self.text.read(max(READ, len(self.held)))
        except UnicodeDecodeError:
            raise Malformed("The file is not in UTF-8.") from None
        self.held += part
        return bool(part)
