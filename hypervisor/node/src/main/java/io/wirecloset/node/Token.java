package io.wirecloset.node;

import io.wirecloset.vl1.crypto.RandomSource;

/** Tokens of the local API (controller.md section 1). */
final class Token {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 24;

    private Token() {}

    static String fresh(RandomSource random) {
        StringBuilder token = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            token.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return token.toString();
    }
}
