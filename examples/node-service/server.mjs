import { createServer } from 'node:http';
import ms from 'ms';
import { parse } from 'regexparam';

const routes = [
  ['/health', () => ({ status: 'ok' })],
  ['/durations/:text', ({ text }) => ({ text, milliseconds: ms(text) })],
].map(([path, answer]) => ({ ...parse(path), answer }));

/** What a path is answered with; undefined where no route fits. */
function answerTo(path) {
  for (const { pattern, keys, answer } of routes) {
    const found = pattern.exec(path);
    if (found) return answer(Object.fromEntries(keys.map((key, at) => [key, found[at + 1]])));
  }
  return undefined;
}

const server = createServer(({ url = '/' }, response) => {
  const answer = answerTo(new URL(url, 'http://localhost').pathname);
  response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(answer ?? { error: 'no such path' })}\n`);
});
server.listen(Number(process.env.PORT ?? 8080));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
