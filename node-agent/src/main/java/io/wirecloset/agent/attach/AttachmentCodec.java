package io.wirecloset.agent.attach;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The bytes of an attachment's record: a line of JSON, and a line with its CRC-32C. A file that was written half, or
 * changed by a failing disk or a helpful hand, is told from a whole one.
 *
 * <p>Readers take records of the version before and after their own: what they do not know they ignore.
 */
final class AttachmentCodec {
    static final int RECORD_LIMIT_BYTES = 16 * 1024;
    private static final int VERSION = 1;
    private static final int TEXT_LIMIT = 4096;
    private static final int PORT_LIMIT = 65_535;
    private static final String CHECKSUM_PREFIX = "crc32c ";
    private static final ObjectMapper JSON = new ObjectMapper();

    private AttachmentCodec() {}

    /** The bytes are not a record. Does not leave this package. */
    static final class MalformedRecordException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedRecordException(String message) {
            super(message);
        }
    }

    static byte[] write(Attachment a) {
        ObjectNode json = JSON.createObjectNode();
        json.put("version", VERSION);
        json.put("state", a.state().name());
        json.put("containerId", a.key().containerId());
        json.put("ifname", a.key().ifname());
        json.put("cniName", a.cniName());
        json.put("network", a.network());
        json.put("networkId", HexFormat.of().toHexDigits(a.networkId()));
        json.put("netns", a.netnsPath());
        json.put("netnsInode", a.netnsInode());
        json.put("bootId", a.bootId());
        json.put("ipv4", a.ipv4() == null ? null : a.ipv4().getHostAddress());
        json.put("ipv6", a.ipv6() == null ? null : a.ipv6().getHostAddress());
        json.put("mtu", a.mtuBytes());
        json.put("podNamespace", a.pod().namespace());
        json.put("podName", a.pod().name());
        json.put("podUid", a.pod().uid());
        json.put("changedS", a.changedS());
        json.put("besideOthers", a.options().besideOthers());
        ArrayNode ports = json.putArray("ports");
        for (PortMapping port : a.options().ports()) {
            ports.addObject()
                    .put("protocol", port.protocol())
                    .put("hostIp", port.hostIp() == null ? null : port.hostIp().getHostAddress())
                    .put("hostPort", port.hostPort())
                    .put("containerPort", port.containerPort());
        }
        byte[] line;
        try {
            line = JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("plain values have a JSON form", e);
        }
        return sealed(line);
    }

    /** The line with its checksum behind it. */
    static byte[] sealed(byte[] line) {
        String end = "\n" + CHECKSUM_PREFIX + HexFormat.of().toHexDigits(checksum(line, line.length)) + "\n";
        byte[] whole = Arrays.copyOf(line, line.length + end.length());
        System.arraycopy(end.getBytes(StandardCharsets.US_ASCII), 0, whole, line.length, end.length());
        return whole;
    }

    static Attachment read(byte[] bytes) throws MalformedRecordException {
        JsonNode json = checkedLine(bytes);
        try {
            return new Attachment(
                    new AttachmentKey(text(json, "containerId"), text(json, "ifname")),
                    Attachment.State.valueOf(text(json, "state")),
                    text(json, "cniName"),
                    text(json, "network"),
                    HexFormat.fromHexDigitsToLong(text(json, "networkId")),
                    text(json, "netns"),
                    number(json, "netnsInode", Long.MAX_VALUE),
                    text(json, "bootId"),
                    address(json, "ipv4", 4),
                    address(json, "ipv6", 16),
                    (int) number(json, "mtu", 65_535),
                    new Attachment.Pod(text(json, "podNamespace"), text(json, "podName"), text(json, "podUid")),
                    number(json, "changedS", Long.MAX_VALUE),
                    options(json));
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException(e.getMessage());
        }
    }

    /** Records of the first version have none. */
    private static Attachment.Options options(JsonNode json) {
        List<PortMapping> ports = new ArrayList<>();
        for (JsonNode port : json.path("ports")) {
            ports.add(new PortMapping(
                    text(port, "protocol"),
                    port.path("hostIp").isNull() ? null : InetAddress.ofLiteral(text(port, "hostIp")),
                    (int) number(port, "hostPort", PORT_LIMIT),
                    (int) number(port, "containerPort", PORT_LIMIT)));
        }
        return new Attachment.Options(ports, json.path("besideOthers").asBoolean());
    }

    private static JsonNode checkedLine(byte[] bytes) throws MalformedRecordException {
        if (bytes.length > RECORD_LIMIT_BYTES) {
            throw new MalformedRecordException("longer than " + RECORD_LIMIT_BYTES + " bytes");
        }
        int end = 0;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        String rest = new String(bytes, end, bytes.length - end, StandardCharsets.ISO_8859_1);
        if (!rest.equals("\n" + CHECKSUM_PREFIX + HexFormat.of().toHexDigits(checksum(bytes, end)) + "\n")) {
            throw new MalformedRecordException("the checksum does not fit");
        }
        try {
            JsonNode json = JSON.readTree(bytes, 0, end);
            if (json == null || !json.isObject() || json.path("version").asInt() < 1) {
                throw new MalformedRecordException("not a record");
            }
            return json;
        } catch (IOException e) {
            throw new MalformedRecordException("not JSON");
        }
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static String text(JsonNode json, String key) {
        JsonNode value = json.path(key);
        if (!value.isTextual() || value.textValue().length() > TEXT_LIMIT) {
            throw new IllegalArgumentException(key + " is not a text");
        }
        return value.textValue();
    }

    private static long number(JsonNode json, String key, long limit) {
        JsonNode value = json.path(key);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > limit) {
            throw new IllegalArgumentException(key + " is not a number from 0 to " + limit);
        }
        return value.longValue();
    }

    private static InetAddress address(JsonNode json, String key, int lengthBytes) {
        if (json.path(key).isNull()) {
            return null;
        }
        InetAddress address = InetAddress.ofLiteral(text(json, key));
        if (address.getAddress().length != lengthBytes) {
            throw new IllegalArgumentException(key + " is of the wrong family");
        }
        return address;
    }
}
