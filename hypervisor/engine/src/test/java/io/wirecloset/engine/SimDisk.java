package io.wirecloset.engine;

import io.wirecloset.vl1.Acquaintance;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a simulated node finds again when it is started again. */
final class SimDisk {
    /** A peer, and where it was reached. */
    record Contact(Identity identity, List<Endpoint> endpoints) {}

    private final Map<Long, byte[]> configs = new HashMap<>();
    private final Map<Long, Contact> contacts = new LinkedHashMap<>();
    private List<Acquaintance> told = List.of();

    /** @return the configuration saved last, or null */
    byte[] config(long networkId) {
        return configs.get(networkId);
    }

    /** @param dictionary null: the network was left */
    void save(long networkId, byte[] dictionary) {
        if (dictionary == null) configs.remove(networkId);
        else configs.put(networkId, dictionary);
    }

    List<Contact> contacts() {
        return List.copyOf(contacts.values());
    }

    void save(Contact contact) {
        contacts.put(contact.identity().address(), contact);
    }

    void forgetContacts() {
        contacts.clear();
    }

    /** Peers that somebody told the node's owner of. */
    List<Acquaintance> told() {
        return told;
    }

    void tell(List<Acquaintance> peers) {
        told = List.copyOf(peers);
    }
}
