# The node agent: one file. It needs the node's network namespace and the capabilities NET_ADMIN and NET_RAW.
#   docker build -f deploy/containers/agent.Dockerfile -t outgate-agent .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY core core
COPY agent agent
RUN node agent/bundle.mjs

FROM node:24-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends iptables ipset iproute2 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production OUTGATE_AGENT_STATE_DIR=/var/lib/outgate-agent OUTGATE_AGENT_METRICS=127.0.0.1:7172
# what was freed is given back instead of being kept: 3 MB with ten pools, up to 10 MB with ten thousand
ENV MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
COPY --from=build /app/dist/outgate-agent.cjs outgate-agent.cjs
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:7172/metrics').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "outgate-agent.cjs"]
