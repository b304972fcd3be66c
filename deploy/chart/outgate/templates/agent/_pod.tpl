{{/*
(root, mode): the template of the agents' pods. In mode `cleanup` the first container takes all of ours from the node and the
second waits: the pod is Ready exactly where the node is clean.
*/}}
{{- define "outgate.agentTemplate" -}}
{{- $root := index . 0 -}}
{{- $cleanup := eq (index . 1) "cleanup" -}}
{{- $name := include "outgate.name" $root -}}
{{- $agent := $root.Values.agent -}}
metadata:
  labels:
    {{- include "outgate.labels" $root | nindent 4 }}
    app.kubernetes.io/component: agent
spec:
  serviceAccountName: {{ $name }}-agent
  automountServiceAccountToken: false
  {{- include "outgate.pullSecrets" $root | nindent 2 }}
  # it programs the node's own NAT
  hostNetwork: true
  dnsPolicy: ClusterFirstWithHostNet
  {{- with $agent.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  terminationGracePeriodSeconds: 10
  securityContext:
    # a capability is in effect for root alone; which ones it has is said below
    runAsUser: 0
    seccompProfile:
      type: RuntimeDefault
    {{- with $agent.seLinuxOptions }}
    seLinuxOptions:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  {{- if $cleanup }}
  initContainers:
    - name: cleanup
      image: {{ include "outgate.image" (list $root "agent") }}
      imagePullPolicy: {{ $root.Values.images.pullPolicy }}
      args: [--cleanup]
      securityContext:
        {{- include "outgate.agentRights" . | nindent 8 }}
      volumeMounts:
        - { name: xtables-lock, mountPath: /run/xtables.lock }
  {{- end }}
  containers:
    - name: agent
      image: {{ include "outgate.image" (list $root "agent") }}
      imagePullPolicy: {{ $root.Values.images.pullPolicy }}
      {{- if $cleanup }}
      command: [node, -e, "process.once('SIGTERM', () => process.exit(0)); setInterval(() => {}, 2 ** 30)"]
      securityContext:
        {{- include "outgate.restrictedContainer" . | nindent 8 }}
      {{- else }}
      args:
        - --mode=enforce
        - --source={{ printf "server:%s" ($agent.serverUrl | default (printf "http://%s-server.%s.svc:7171" $name $root.Release.Namespace)) }}
        - --backend={{ $agent.backend }}
        - --token-file=/var/run/secrets/outgate/token
        - --state-dir=/var/lib/outgate-agent
        - --metrics={{ printf "%s:%d" (ternary $agent.metrics.host "127.0.0.1" $root.Values.monitoring.serviceMonitor) (int $agent.metrics.port) }}
        {{- if $agent.caConfigMap }}
        - --ca-file=/etc/outgate/ca.crt
        {{- end }}
      env:
        - name: OUTGATE_AGENT_NODE
          valueFrom:
            fieldRef: { fieldPath: spec.nodeName }
      securityContext:
        {{- include "outgate.agentRights" . | nindent 8 }}
      # NAT stays whatever becomes of the agent, so nothing here kills it
      readinessProbe:
        httpGet: { host: 127.0.0.1, port: {{ int $agent.metrics.port }}, path: /metrics }
        periodSeconds: 20
        timeoutSeconds: 10
      volumeMounts:
        - { name: xtables-lock, mountPath: /run/xtables.lock }
        - { name: state, mountPath: /var/lib/outgate-agent }
        - { name: token, mountPath: /var/run/secrets/outgate, readOnly: true }
        {{- if $agent.caConfigMap }}
        - { name: ca, mountPath: /etc/outgate, readOnly: true }
        {{- end }}
      {{- end }}
      resources:
        {{- toYaml $agent.resources | nindent 8 }}
  volumes:
    # the lock that every iptables on the node takes; a directory made in its place would break them all
    - name: xtables-lock
      hostPath: { path: /run/xtables.lock, type: FileOrCreate }
    {{- if not $cleanup }}
    - name: state
      hostPath: { path: {{ $agent.stateDir }}, type: DirectoryOrCreate }
    - name: token
      projected:
        sources:
          - serviceAccountToken: { audience: outgate, expirationSeconds: 3600, path: token }
    {{- with $agent.caConfigMap }}
    - name: ca
      configMap: { name: {{ . }} }
    {{- end }}
    {{- end }}
  nodeSelector:
    {{- include "outgate.nodeSelector" $agent.nodeSelector | nindent 4 }}
  {{- with $agent.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "outgate.agentRights" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
  # legacy iptables, and the set match of both, open a raw socket to ask the kernel: agent/container.kernel.test.ts
  add: [NET_ADMIN, NET_RAW]
{{- end -}}
