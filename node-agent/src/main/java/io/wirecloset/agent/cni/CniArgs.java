package io.wirecloset.agent.cni;

import io.wirecloset.agent.attach.Attachment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What {@code CNI_ARGS} says: {@code KEY=VALUE;KEY=VALUE}. */
record CniArgs(Map<String, String> values) {
    private static final Set<String> KNOWN = Set.of(
            "IgnoreUnknown",
            "K8S_POD_NAMESPACE",
            "K8S_POD_NAME",
            "K8S_POD_UID",
            "K8S_POD_INFRA_CONTAINER_ID",
            "IP",
            "MAC");
    private static final int VALUE_LIMIT = 253;

    static CniArgs parse(String text) throws CniException {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new CniException(CniException.BAD_ENVIRONMENT, "CNI_ARGS is not a list of KEY=VALUE");
            }
            values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        refuseUnknown(values);
        return new CniArgs(values);
    }

    /** Whose sandbox it is. */
    Attachment.Pod pod() {
        return new Attachment.Pod(value("K8S_POD_NAMESPACE"), value("K8S_POD_NAME"), value("K8S_POD_UID"));
    }

    /** @return empty when it was not given */
    String value(String key) {
        return value(values, key);
    }

    private static void refuseUnknown(Map<String, String> values) throws CniException {
        String ignore = values.getOrDefault("IgnoreUnknown", "");
        if (ignore.equals("1") || ignore.equalsIgnoreCase("true")) {
            return;
        }
        for (String key : values.keySet()) {
            if (!KNOWN.contains(key)) {
                throw new CniException(
                        CniException.BAD_ENVIRONMENT,
                        "CNI_ARGS has a key that is not known here",
                        "add IgnoreUnknown=1");
            }
        }
    }

    private static String value(Map<String, String> values, String key) {
        String value = values.getOrDefault(key, "");
        return value.length() <= VALUE_LIMIT ? value : value.substring(0, VALUE_LIMIT);
    }
}
