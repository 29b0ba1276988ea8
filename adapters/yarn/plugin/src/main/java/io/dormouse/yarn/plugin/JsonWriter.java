package io.dormouse.yarn.plugin;

/**
 * Writes one JSON document (RFC 8259). Not thread-safe. The caller keeps begin and end in balance.
 */
final class JsonWriter {
  private final StringBuilder out = new StringBuilder(4_096);
  private boolean comma;

  JsonWriter beginObject() {
    return open('{');
  }

  JsonWriter endObject() {
    return close('}');
  }

  JsonWriter beginArray() {
    return open('[');
  }

  JsonWriter endArray() {
    return close(']');
  }

  JsonWriter key(String name) {
    separate();
    quote(name);
    out.append(':');
    comma = false;
    return this;
  }

  JsonWriter value(String text) {
    separate();
    quote(text);
    comma = true;
    return this;
  }

  JsonWriter field(String name, String value) {
    key(name);
    quote(value);
    comma = true;
    return this;
  }

  JsonWriter field(String name, long value) {
    key(name);
    out.append(value);
    comma = true;
    return this;
  }

  JsonWriter field(String name, boolean value) {
    key(name);
    out.append(value);
    comma = true;
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }

  private JsonWriter open(char bracket) {
    separate();
    out.append(bracket);
    comma = false;
    return this;
  }

  private JsonWriter close(char bracket) {
    out.append(bracket);
    comma = true;
    return this;
  }

  private void separate() {
    if (comma) {
      out.append(',');
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
