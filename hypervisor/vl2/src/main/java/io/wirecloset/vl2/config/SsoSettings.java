package io.wirecloset.vl2.config;

import io.wirecloset.vl1.wire.Dictionary;

/**
 * Single sign-on, as far as a configuration speaks of it (vl2.md 5). Version 0 has a URL to show and a time when the
 * sign-on ends; version 1 what a client needs to run the exchange itself.
 *
 * @param authenticationExpiryMs wall time, version 0 only
 */
public record SsoSettings(
        int version,
        boolean enabled,
        String authenticationUrl,
        long authenticationExpiryMs,
        String issuerUrl,
        String centralEndpoint,
        String nonce,
        String state,
        String clientId,
        String provider) {
    public static final SsoSettings DISABLED = new SsoSettings(0, false, "", 0, "", "", "", "", "", "");

    static SsoSettings read(Dictionary from) {
        int version = (int) from.getLong("ssov", 0);
        boolean enabled = from.getBoolean("ssoe", false);
        if (version == 0 && enabled) {
            return new SsoSettings(
                    0, true, from.getString("aurl", ""), from.getLong("aexpt", 0), "", "", "", "", "", "");
        }
        if (version == 1) {
            return new SsoSettings(
                    1,
                    enabled,
                    "",
                    0,
                    from.getString("iurl", ""),
                    from.getString("ssoce", ""),
                    from.getString("sson", ""),
                    from.getString("ssos", ""),
                    from.getString("ssocid", ""),
                    from.getString("ssop", ""));
        }
        return DISABLED;
    }

    void write(Dictionary.Writer out) {
        out.put("ssov", version).put("ssoe", enabled);
        if (version == 0 && enabled) {
            if (!authenticationUrl.isEmpty()) {
                out.put("aurl", authenticationUrl);
            }
            out.put("aexpt", authenticationExpiryMs);
        }
        if (version == 1) {
            out.put("iurl", issuerUrl).put("ssoce", centralEndpoint);
            out.put("sson", nonce).put("ssos", state);
            out.put("ssocid", clientId).put("ssop", provider);
        }
    }
}
