# Compile with everything, run with little: the last stage has Node, production packages and the compiled service.
# No package runs a script of its own, at build or at start.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src ./src
RUN npm run build
# What only development runs: the demo and its emulator, the writers of documents and dashboards, and what debuggers read.
RUN rm -rf dist/demo* dist/emulator dist/docs* dist/dashboards dist/.tsbuildinfo && find dist -name '*.map' -delete

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-slim
LABEL org.opencontainers.image.title="portkey-metrics-proxy" org.opencontainers.image.description="One general metrics question over Portkey's analytics API: exact, in the fewest upstream calls." org.opencontainers.image.version="0.1.0" org.opencontainers.image.licenses="MIT"
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# Nobody: no name, no home, no file of its own. As a number, so that Kubernetes can tell that it is not root.
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
