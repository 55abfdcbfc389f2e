"""The values of a long JSON list, one after the other."""

import json

from ..problems import Malformed

READ = 1 << 16
# More than any row has: what is longer is not waited for.
LONGEST = 1 << 24
SPACE = " \t\r\n"
# Behind a number, these may be the beginning of more of it.
CUT = ("", ".", "e", "E", "e+", "e-", "E+", "E-")


def values_of(text, fields):
    """Of a text file with a list, or an object whose one field is a list and is called one of `fields`."""
    stream = _Stream(text)
    named = stream.next_is("{")
    if named:
        field = stream.value()
        if field not in fields or not stream.next_is(":"):
            raise Malformed("The file has to hold a list of rows, or an object with one of %s." % ", ".join(fields))
    if not stream.next_is("["):
        raise Malformed("The file has to hold a list of rows.")
    ended = stream.next_is("]")
    while not ended:
        yield stream.value()
        ended = stream.next_is("]")
        if not ended and not stream.next_is(","):
            raise Malformed("The file is not valid JSON: expected , or ] after a row.")
    if named and not stream.next_is("}"):
        raise Malformed("The file has to hold nothing but one of %s." % ", ".join(fields))
    if not stream.is_at_end():
        raise Malformed("The file is not valid JSON: something follows after its end.")


class _Stream:
    def __init__(self, text):
        self.text = text
        self.held = ""
        self.decode = json.JSONDecoder().raw_decode

    def next_is(self, character):
        """Whether the next character that is no space is this one; then it is taken."""
        if self.is_at_end() or not self.held.startswith(character):
            return False
        self.held = self.held[1:]
        return True

    def is_at_end(self):
        """Whether nothing but space is left."""
        while True:
            self.held = self.held.lstrip(SPACE)
            if self.held or not self._more():
                return not self.held

    def value(self):
        self.is_at_end()  # takes the space before
        while True:
            try:
                value, end = self.decode(self.held)
                if self.held[end : end + 3] not in CUT or not self._more():
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
