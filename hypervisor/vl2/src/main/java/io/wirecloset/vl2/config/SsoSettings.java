package io.wirecloset.vl2.config;

import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl2.wire.Limits;

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
            return new SsoSettings(0, true, text(from, "aurl"), from.getLong("aexpt", 0), "", "", "", "", "", "");
        }
        if (version == 1) {
            return new SsoSettings(
                    1,
                    enabled,
                    "",
                    0,
                    text(from, "iurl"),
                    text(from, "ssoce"),
                    text(from, "sson"),
                    text(from, "ssos"),
                    text(from, "ssocid"),
                    text(from, "ssop"));
        }
        return DISABLED;
    }

    private static String text(Dictionary from, String key) {
        String text = from.getString(key, "");
        return text.length() <= Limits.SSO_TEXT_CHARS ? text : text.substring(0, Limits.SSO_TEXT_CHARS);
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
