/** An HTTP proxy that tunnels (CONNECT), for tests: says when it does so, and may hold the tunnel back. */

import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTo } from 'node:net';

export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
  /** Where it was asked to connect to. */
  readonly asked: readonly string[];
}

/** @param opens Told of each tunnel's headers; the tunnel is there once it resolves. */
export async function startConnectProxy(
  opens: (headers: Record<string, unknown>) => Promise<void> = async () => {},
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer();
  server.on('connect', (request, socket, head) => {
    asked.push(request.url ?? '');
    sockets.add(socket);
    socket.on('error', () => {});
    void opens(request.headers).then(() => {
      const [host, port] = (request.url ?? '').split(':');
      const target = connectTo(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.write(head);
        target.pipe(socket).pipe(target);
      });
      sockets.add(target);
      target.on('error', () => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
