import { Agent, get } from 'node:http';

/** What a prober has seen: an answer of any status but 200, or none, is a failure. */
export interface Probed {
  requests: number;
  failures: string[];
  /** Distinct answers, in the order in which they first came. */
  answers: string[];
}

/** Asks a URL 20 times a second, each time on a connection of its own, until `stop` is called. */
export function startProber(url: string): { stop(): Promise<Probed> } {
  const probed: Probed = { requests: 0, failures: [], answers: [] };
  const under = new Set<Promise<void>>();
  const timer = setInterval(() => {
    probed.requests += 1;
    const asked = ask(url)
      .then(({ status, text }) => {
        if (status !== 200) probed.failures.push(`HTTP ${status}`);
        else if (!probed.answers.includes(text)) probed.answers.push(text);
      })
      .catch((error: Error) => void probed.failures.push(error.message))
      .finally(() => under.delete(asked));
    under.add(asked);
  }, 50);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
      return probed;
    },
  };
}

function ask(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: new Agent(), timeout: 5000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: text.trim() }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 5 s')));
    request.on('error', reject);
  });
}
