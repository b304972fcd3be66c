{{/*
Fails where an upgrade asks for another volume than the install did: the API server would refuse it in the middle, in words that
name no value. What only renders (Argo CD, `helm template`) cannot know what is installed, and gets those words.
*/}}
{{- define "outgate.keptVolume" -}}
{{- $name := printf "%s-database" (include "outgate.name" .) -}}
{{- $wanted := .Values.database.bundled -}}
{{- $how := printf "Keep it, or replace the StatefulSet around the same data (docs/operations.md, 'A larger volume'): kubectl -n %s delete statefulset %s --cascade=orphan" .Release.Namespace $name -}}
{{- range dig "spec" "volumeClaimTemplates" list (lookup "apps/v1" "StatefulSet" .Release.Namespace $name) -}}
{{- $size := .spec.resources.requests.storage -}}
{{- if ne (include "outgate.bytes" $size) (include "outgate.bytes" $wanted.storage) -}}
{{- fail (printf "database.bundled.storage must stay %s, as it was installed, not %s: Kubernetes lets no StatefulSet change its volumes. %s" $size $wanted.storage $how) -}}
{{- end -}}
{{- $class := .spec.storageClassName | default "" -}}
{{- if ne $class $wanted.storageClass -}}
{{- fail (printf "database.bundled.storageClass must stay %q, as it was installed, not %q: Kubernetes lets no StatefulSet change its volumes. %s" $class $wanted.storageClass $how) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* (quantity) in bytes: 5120Mi is 5Gi, and Kubernetes keeps it as that */}}
{{- define "outgate.bytes" -}}
{{- $of := dict "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- mulf (regexFind "^[0-9.]+" .) (get $of (regexFind "[a-zA-Z]*$" .) | default 1) -}}
{{- end -}}
