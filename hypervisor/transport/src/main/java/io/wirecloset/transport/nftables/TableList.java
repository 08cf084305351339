package io.wirecloset.transport.nftables;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Reads the library's list of tables. */
final class TableList {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TableList() {}

    static boolean contains(String json, String family, String name) throws NftablesException {
        try {
            for (JsonNode entry : JSON.readTree(json).path("nftables")) {
                JsonNode table = entry.path("table");
                if (table.path("family").asText().equals(family)
                        && table.path("name").asText().equals(name)) {
                    return true;
                }
            }
            return false;
        } catch (JsonProcessingException e) {
            throw new NftablesException("nftables answered something that is not JSON", e);
        }
    }
}
