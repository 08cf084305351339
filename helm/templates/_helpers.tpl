{{- define "wirecloset.labels" -}}
app.kubernetes.io/name: wirecloset
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "wirecloset.image" -}}
{{- $repository := required "image.repository is empty: no image is published yet, build one (helm/README.md) and name it" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{ printf "%s@%s" $repository .Values.image.digest }}
{{- else -}}
{{ printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end -}}
{{- end }}

{{/* What values may not say together. Both are on the host's network, where a port is one's alone. */}}
{{- define "wirecloset.check" -}}
{{- if and (not .Values.crds.enabled) (not .Values.crds.keep) -}}
{{- fail "crds.enabled=false with crds.keep=false would remove the definitions, and every network with them, at an upgrade: leave crds.keep true" -}}
{{- end -}}
{{- $ports := dict -}}
{{- range list (list "operator.controllerPort" .Values.operator.controllerPort) (list "operator.httpPort" .Values.operator.httpPort) (list "agent.port" .Values.agent.port) (list "agent.httpPort" .Values.agent.httpPort) -}}
{{- $port := toString (int (last .)) -}}
{{- if hasKey $ports $port -}}
{{- fail (printf "%s and %s are both %s: all are ports of the nodes, choose another for one" (get $ports $port) (first .) $port) -}}
{{- end -}}
{{- $_ := set $ports $port (first .) -}}
{{- end -}}
{{- end }}

{{/* What operator and agents have in common. */}}
{{- define "wirecloset.env" -}}
- name: WIRECLOSET_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: QUARKUS_HTTP_HOST
  value: {{ .Values.httpHost | quote }}
- name: QUARKUS_LOG_CONSOLE_JSON_ENABLED
  value: {{ .Values.logJson | quote }}
{{- with .Values.apiServer.host }}
- name: KUBERNETES_SERVICE_HOST
  value: {{ . | quote }}
- name: KUBERNETES_SERVICE_PORT
  value: {{ $.Values.apiServer.port | quote }}
{{- end }}
{{- end }}

{{/* Probes ask on the host's network. Arguments: root, port */}}
{{- define "wirecloset.probes" -}}
{{- $host := ternary "127.0.0.1" .root.Values.httpHost (has .root.Values.httpHost (list "0.0.0.0" "::" "localhost")) -}}
startupProbe:
  httpGet: {host: {{ $host | quote }}, port: {{ .port }}, path: /q/health/live}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {host: {{ $host | quote }}, port: {{ .port }}, path: /q/health/live}
  periodSeconds: 20
  failureThreshold: 6
readinessProbe:
  httpGet: {host: {{ $host | quote }}, port: {{ .port }}, path: /q/health/ready}
  periodSeconds: 5
{{- end }}
