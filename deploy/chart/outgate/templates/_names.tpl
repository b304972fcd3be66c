{{/* The release's name, with the chart's in it: also the name of Services, which begin with a letter and have no point. */}}
{{- define "outgate.name" -}}
{{- $name := .Release.Name | replace "." "-" -}}
{{- if not (contains .Chart.Name $name) -}}{{- $name = printf "%s-%s" $name .Chart.Name -}}{{- end -}}
{{- if regexMatch "^[0-9]" $name -}}{{- $name = printf "r%s" $name -}}{{- end -}}
{{- $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Of what belongs to no namespace: no two releases share it, since no namespace has a point. */}}
{{- define "outgate.clusterName" -}}
{{- printf "%s.%s" .Release.Namespace (include "outgate.name" .) -}}
{{- end -}}

{{- define "outgate.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: outgate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* (root, component): what selectors select, for ever the same. */}}
{{- define "outgate.selector" -}}
app.kubernetes.io/name: outgate
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* (root, "server" or "agent") */}}
{{- define "outgate.image" -}}
{{- $root := index . 0 -}}
{{- printf "%s%s:%s" $root.Values.images.registry (index $root.Values.images (index . 1)) ($root.Values.images.tag | default $root.Chart.AppVersion) | quote -}}
{{- end -}}

{{- define "outgate.pullSecrets" -}}
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "outgate.url" -}}
{{- if .Values.url -}}
{{- .Values.url -}}
{{- else if .Values.ingress.enabled -}}
{{- printf "%s://%s" (ternary "https" "http" (ne .Values.ingress.tlsSecret "")) .Values.ingress.host -}}
{{- end -}}
{{- end -}}

{{/* Empty for an external database. */}}
{{- define "outgate.bundled" -}}
{{- if not .Values.database.external.existingSecret }}yes{{ end -}}
{{- end -}}

{{- define "outgate.databaseSecret" -}}
{{- .Values.database.bundled.existingSecret | default (printf "%s-database" (include "outgate.name" .)) -}}
{{- end -}}

{{/* (what is chosen): our images are for Linux, and agents tolerate every taint, those of Windows nodes too. */}}
{{- define "outgate.nodeSelector" -}}
{{- toYaml (merge (deepCopy .) (dict "kubernetes.io/os" "linux")) -}}
{{- end -}}

{{/* Where agents are meant to run. */}}
{{- define "outgate.agentPlacement" -}}
{{- if .Values.agent.enabled -}}
{{- dict "nodeSelector" (include "outgate.nodeSelector" .Values.agent.nodeSelector | fromYaml) "tolerations" .Values.agent.tolerations | toJson -}}
{{- else -}}
none
{{- end -}}
{{- end -}}

{{/* What the Pod Security Standard `restricted` asks of a container. */}}
{{- define "outgate.restrictedContainer" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* ... and of a pod. (user or null) */}}
{{- define "outgate.restrictedPod" -}}
runAsNonRoot: true
{{- if not (kindIs "invalid" .) }}
runAsUser: {{ int . }}
runAsGroup: {{ int . }}
fsGroup: {{ int . }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}
