package io.wirecloset.agent.cni;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.agent.attach.AttachException;
import io.wirecloset.agent.attach.AttachmentKey;
import io.wirecloset.agent.attach.Attachments;
import io.wirecloset.agent.attach.Attachments.Attached;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What each verb means here. Any thread. */
final class CniVerbs {
    private static final Logger LOG = System.getLogger(CniVerbs.class.getName());

    /** Of the first interface of a sandbox; others stand beside it. */
    private static final String USUAL_INTERFACE = "eth0";

    /** Whether an ADD for the primary network could be served from what this node has. */
    interface Readiness {
        /** @return empty when it could, else what is missing */
        String missing();
    }

    private final Attachments attachments;
    private final Readiness readiness;

    CniVerbs(Attachments attachments, Readiness readiness) {
        this.attachments = attachments;
        this.readiness = readiness;
    }

    /**
     * @param namespace of the sandbox, borrowed; null when the shim sent none
     * @return text for stdout
     */
    String carryOut(CniRequest request, NetworkNamespace namespace) throws CniException {
        try {
            return switch (request.verb()) {
                case ADD -> add(request, required(namespace));
                case DEL -> del(request);
                case CHECK -> check(request, required(namespace));
                case GC -> gc(request);
                case STATUS -> status();
            };
        } catch (AttachException e) {
            throw new CniException(codeOf(e.reason()), forVerb(request, e.getMessage()));
        } catch (IOException e) {
            LOG.log(Level.ERROR, request.verb() + " " + request.key() + " failed", e);
            throw new CniException(CniException.IO_FAILURE, forVerb(request, String.valueOf(e.getMessage())));
        }
    }

    private String add(CniRequest request, NetworkNamespace namespace) throws IOException, CniException {
        refuseOtherMac(request);
        Attached attached = attachments.attach(new Attachments.Request(
                request.key(),
                request.cniName(),
                request.network(),
                namespace,
                request.netnsPath(),
                request.args().pod(),
                new Attachments.Wishes(
                        request.podConfig().addresses(),
                        request.podConfig().ports(),
                        request.podConfig().routes(),
                        request.podConfig().receiving(),
                        request.podConfig().sending(),
                        request.previous() != null || !request.key().ifname().equals(USUAL_INTERFACE))));
        return CniResult.added(attached, request);
    }

    /** On a routed network nobody but this node ever sees a pod's MAC, and its filter goes by it. */
    private static void refuseOtherMac(CniRequest request) throws CniException {
        long wanted = request.podConfig().mac();
        long own = request.key().podMac();
        if (wanted != PodConfig.ANY_MAC && wanted != own) {
            throw new CniException(
                    CniException.UNSUPPORTED_FIELD,
                    "mac " + CniResult.macText(wanted) + " cannot be had",
                    "the MAC follows from the sandbox and the interface: " + CniResult.macText(own));
        }
    }

    private String del(CniRequest request) throws IOException {
        attachments.detach(request.key());
        return "";
    }

    private String check(CniRequest request, NetworkNamespace namespace) throws IOException, CniException {
        if (request.previous() == null) {
            throw new CniException(CniException.BAD_CONFIG, "CHECK needs prevResult");
        }
        Attached attached = attachments.check(request.key(), namespace);
        for (InetAddress ip : attached.attachment().addresses()) {
            if (!mentions(request.previous(), ip)) {
                throw new CniException(
                        CniException.NOT_INTACT, "prevResult does not have the address " + ip.getHostAddress());
            }
        }
        return "";
    }

    private static boolean mentions(JsonNode previous, InetAddress ip) {
        for (JsonNode one : previous.path("ips")) {
            String address = one.path("address").asText();
            int slash = address.indexOf('/');
            try {
                if (slash > 0
                        && InetAddress.ofLiteral(address.substring(0, slash)).equals(ip)) {
                    return true;
                }
            } catch (IllegalArgumentException e) {
                // some other plugin's idea of an address
            }
        }
        return false;
    }

    private String gc(CniRequest request) throws CniException {
        Map<AttachmentKey, String> failures = attachments.collect(request.cniName(), request.valid());
        if (!failures.isEmpty()) {
            List<String> each = new ArrayList<>();
            failures.forEach((key, why) -> each.add(key + ": " + why));
            throw new CniException(
                    CniException.IO_FAILURE,
                    failures.size() + " attachments could not be removed",
                    String.join("; ", each));
        }
        return "";
    }

    private String status() throws CniException {
        String missing = readiness.missing();
        if (!missing.isEmpty()) {
            throw new CniException(CniException.NOT_AVAILABLE, missing);
        }
        return "";
    }

    private static NetworkNamespace required(NetworkNamespace namespace) throws CniException {
        if (namespace == null) {
            throw new CniException(
                    CniException.BAD_NAMESPACE, "the sandbox's network namespace did not come with the call");
        }
        return namespace;
    }

    private static int codeOf(AttachException.Reason reason) {
        return switch (reason) {
            case TRY_AGAIN -> CniException.TRY_AGAIN_LATER;
            case NETWORK_UNKNOWN -> CniException.NETWORK_UNKNOWN;
            case NO_ADDRESS_LEFT -> CniException.NO_ADDRESS_LEFT;
            case CONFLICT -> CniException.CONFLICT;
            case DELETED -> CniException.DELETED;
            case NOT_INTACT -> CniException.NOT_INTACT;
            case ADDRESS_REFUSED -> CniException.ADDRESS_REFUSED;
            case NAMESPACE_REFUSED -> CniException.NAMESPACE_REFUSED;
            case PORT_TAKEN -> CniException.PORT_TAKEN;
        };
    }

    /** Runtimes take a DEL error with the words "not found" for success, and the address would never be freed. */
    private static String forVerb(CniRequest request, String message) {
        return request.verb() == CniRequest.Verb.DEL ? message.replaceAll("(?i)not found", "missing") : message;
    }
}
