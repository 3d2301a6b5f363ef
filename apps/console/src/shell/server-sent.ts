export interface ServerSent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

function parsed(block: string): ServerSent | undefined {
  let event = 'message';
  let id: string | undefined;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value] = /^(event|id|data): ?(.*)$/.exec(line) ?? [];
    if (field === 'event') event = value!;
    else if (field === 'id') id = value!;
    else if (field === 'data') data.push(value!);
  }
  return data.length > 0 ? { event, id, data: data.join('\n') } : undefined;
}

/**
 * Server-sent events read by `fetch`: `EventSource` cannot carry a token in a header.
 * Comments are left out; `heard` is told of them as of anything that comes.
 */
export async function* eventsIn(body: ReadableStream<Uint8Array>, heard: () => void = () => {}): AsyncGenerator<ServerSent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      rest += decoder.decode(value, { stream: true }).replaceAll('\r', '');
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const event = parsed(rest.slice(0, end));
        rest = rest.slice(end + 2);
        if (event) yield event;
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
