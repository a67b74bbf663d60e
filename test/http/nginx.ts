import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from '../cache/redis-server.js'

const COMMAND = ['nginx', '/usr/sbin/nginx'].find((name) => spawnSync(name, ['-v']).status === 0)

/** Why these tests cannot run here; `false` when they can. For the `skip` of a test. */
export const NO_NGINX: string | false =
  COMMAND === undefined ? 'nginx is not installed: tests behind a real proxy did not run' : false

/**
 * A real nginx in front of a service, which ends with the test; answers its address without a trailing slash. `locations` is what
 * stands in its `server`, where `upstream` is the name of the service.
 */
export const startNginx = async (t: Test, service: string, locations: string): Promise<string> => {
  const dir = mkdtempSync(join(tmpdir(), 'nginx-'))
  const port = await freePort()
  // Started by root, its worker is somebody else.
  chmodSync(dir, 0o755)
  mkdirSync(join(dir, 'logs'))
  writeFileSync(join(dir, 'nginx.conf'), configOf(port, new URL(service).host, locations))
  const args = ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', join(dir, 'logs/error.log')]
  const child = spawn(COMMAND ?? 'nginx', args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(dir, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}`
  while (child.exitCode === null) {
    const reply = await fetch(`${url}/nginx-is-up`).catch(() => null)
    await reply?.arrayBuffer()
    if (reply !== null) return url
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('nginx ended before it listened')
}

const configOf = (port: number, service: string, locations: string): string => `
daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  upstream service { server ${service}; keepalive 4; }
  server {
    listen 127.0.0.1:${port};
    location = /nginx-is-up { return 204; }
    ${locations}
  }
}
`
