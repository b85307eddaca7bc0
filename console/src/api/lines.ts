/** The lines of a byte stream as they come; a last line without an end is given at the close. */
export async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    while (true) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const parts = rest.split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
      if (done) {
        if (rest) yield rest;
        return;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
