package io.wirecloset.vl1.crypto;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;

/**
 * AES and GHASH by the classes inside the platform whose methods the compiler replaces by vector instructions. The
 * public API reaches them only through a costly initialization per packet. Needs
 * {@code --add-opens=java.base/com.sun.crypto.provider=ALL-UNNAMED}; without it {@link #isOpen} is false.
 *
 * <p>Round keys are swapped under one cipher object per thread, so that peers hold plain arrays. The hash key's powers
 * are written lazily by the intrinsic, hence the tables belong to the thread too, in a small cache.
 */
final class OpenedAes extends AesEngine {
    /** Expanded keys: as the platform's cipher lays them out. */
    record RoundKeys(int[] mac, int[] encrypt, int[] decrypt) {
        @Override
        public String toString() {
            return "RoundKeys[***]";
        }
    }

    private static final String PACKAGE = "com.sun.crypto.provider.";
    /** Peers a thread talks to at once without filling tables anew; a power of two. */
    private static final int CACHED_TABLES = 128;

    private static final MethodHandle NEW_CIPHER;
    private static final MethodHandle INIT_CIPHER;
    private static final MethodHandle GET_ROUND_KEYS;
    private static final MethodHandle SET_ROUND_KEYS;
    private static final MethodHandle ENCRYPT_BLOCK;
    private static final MethodHandle DECRYPT_BLOCK;
    private static final MethodHandle NEW_COUNTER_MODE;
    private static final MethodHandle GET_COUNTER;
    private static final MethodHandle SET_USED;
    private static final MethodHandle COUNTER_MODE;
    private static final MethodHandle HASH;
    private static final int TABLE_WORDS;
    private static final boolean OPEN;

    static {
        MethodHandle[] found = new MethodHandle[11];
        int tableWords = 0;
        try {
            tableWords = find(found);
        } catch (ReflectiveOperationException | RuntimeException closed) {
            Arrays.fill(found, null);
        }
        NEW_CIPHER = found[0];
        INIT_CIPHER = found[1];
        GET_ROUND_KEYS = found[2];
        SET_ROUND_KEYS = found[3];
        ENCRYPT_BLOCK = found[4];
        DECRYPT_BLOCK = found[5];
        NEW_COUNTER_MODE = found[6];
        GET_COUNTER = found[7];
        SET_USED = found[8];
        COUNTER_MODE = found[9];
        HASH = found[10];
        TABLE_WORDS = tableWords;
        OPEN = HASH != null && expandsKeys();
    }

    private final Object mac = newCipher();
    private final Object encrypt = newCipher();
    private final Object decrypt = newCipher();
    private final Object counterMode;
    private final byte[] counter;
    private final AesKeys[] tableOwners = new AesKeys[CACHED_TABLES];
    private final long[][] tables = new long[CACHED_TABLES][TABLE_WORDS];
    private long[] table = tables[0];

    OpenedAes() {
        try {
            counterMode = (Object) NEW_COUNTER_MODE.invokeExact(encrypt);
            counter = (byte[]) GET_COUNTER.invokeExact(counterMode);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Can the platform's classes be reached, and do they look as expected? */
    static boolean isOpen() {
        return OPEN;
    }

    private static int find(MethodHandle[] into) throws ReflectiveOperationException {
        Class<?> cipher = Class.forName(PACKAGE + "AESCrypt");
        Class<?> symmetric = Class.forName(PACKAGE + "SymmetricCipher");
        Class<?> counterMode = Class.forName(PACKAGE + "CounterMode");
        Class<?> hash = Class.forName(PACKAGE + "GHASH");
        MethodHandles.Lookup here = MethodHandles.lookup();
        MethodHandles.Lookup in = MethodHandles.privateLookupIn(cipher, here);
        MethodType block = MethodType.methodType(void.class, byte[].class, int.class, byte[].class, int.class);
        MethodType init = MethodType.methodType(void.class, boolean.class, String.class, byte[].class);
        into[0] = generic(in.findConstructor(cipher, MethodType.methodType(void.class)));
        into[1] = generic(in.findVirtual(cipher, "init", init));
        into[2] = generic(in.findGetter(cipher, "K", int[].class));
        into[3] = generic(in.findSetter(cipher, "K", int[].class));
        into[4] = generic(in.findVirtual(cipher, "encryptBlock", block));
        into[5] = generic(in.findVirtual(cipher, "decryptBlock", block));
        in = MethodHandles.privateLookupIn(counterMode, here);
        into[6] = generic(in.findConstructor(counterMode, MethodType.methodType(void.class, symmetric)));
        into[7] = generic(in.findGetter(counterMode, "counter", byte[].class));
        into[8] = generic(in.findSetter(counterMode, "used", int.class));
        into[9] = generic(in.findVirtual(
                counterMode,
                "implCrypt",
                MethodType.methodType(int.class, byte[].class, int.class, int.class, byte[].class, int.class)));
        in = MethodHandles.privateLookupIn(hash, here);
        into[10] = in.findStatic(
                hash,
                "processBlocks",
                MethodType.methodType(void.class, byte[].class, int.class, int.class, long[].class, long[].class));
        Object sample =
                hash.cast(newInstance(in.findConstructor(hash, MethodType.methodType(void.class, byte[].class))));
        long[] table =
                (long[]) in.findVarHandle(hash, "subkeyHtbl", long[].class).get(sample);
        return table.length;
    }

    private static Object newInstance(MethodHandle constructor) throws ReflectiveOperationException {
        try {
            return constructor.invoke(new byte[BLOCK_BYTES]);
        } catch (Throwable e) {
            throw new ReflectiveOperationException(e);
        }
    }

    /** The same handle with the platform's hidden classes seen as Object, so that it can be called exactly. */
    private static MethodHandle generic(MethodHandle handle) {
        MethodType type = handle.type();
        for (int i = 0; i < type.parameterCount(); i++) {
            if (type.parameterType(i).getName().startsWith(PACKAGE)) {
                type = type.changeParameterType(i, Object.class);
            }
        }
        if (type.returnType().getName().startsWith(PACKAGE)) {
            type = type.changeReturnType(Object.class);
        }
        return handle.asType(type);
    }

    private static boolean expandsKeys() {
        try {
            expand(new byte[32], new byte[32]);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    static RoundKeys expand(byte[] macKey, byte[] cipherKey) {
        return new RoundKeys(roundKeys(macKey, false), roundKeys(cipherKey, false), roundKeys(cipherKey, true));
    }

    private static int[] roundKeys(byte[] key, boolean decrypting) {
        try {
            Object cipher = (Object) NEW_CIPHER.invokeExact();
            INIT_CIPHER.invokeExact(cipher, decrypting, "AES", key);
            return ((int[]) GET_ROUND_KEYS.invokeExact(cipher)).clone();
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** A cipher object initialized for 256-bit keys; its round keys are replaced before each use. */
    private static Object newCipher() {
        try {
            Object cipher = (Object) NEW_CIPHER.invokeExact();
            INIT_CIPHER.invokeExact(cipher, false, "AES", new byte[32]);
            return cipher;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    void use(AesKeys keys) {
        try {
            SET_ROUND_KEYS.invokeExact(mac, keys.roundKeys.mac);
            SET_ROUND_KEYS.invokeExact(encrypt, keys.roundKeys.encrypt);
            SET_ROUND_KEYS.invokeExact(decrypt, keys.roundKeys.decrypt);
        } catch (Throwable e) {
            throw broken(e);
        }
        int place = (int) keys.hashKeyHigh & CACHED_TABLES - 1;
        table = tables[place];
        if (tableOwners[place] != keys) {
            tableOwners[place] = keys;
            Arrays.fill(table, 0);
            table[0] = keys.hashKeyHigh;
            table[1] = keys.hashKeyLow;
        }
    }

    @Override
    void macBlock(byte[] block) {
        try {
            ENCRYPT_BLOCK.invokeExact(mac, block, 0, block, 0);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    void encryptBlock(byte[] block) {
        try {
            ENCRYPT_BLOCK.invokeExact(encrypt, block, 0, block, 0);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    void decryptBlock(byte[] block) {
        try {
            DECRYPT_BLOCK.invokeExact(decrypt, block, 0, block, 0);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    void counterMode(byte[] from, byte[] bytes, int offset, int length) {
        System.arraycopy(from, 0, counter, 0, BLOCK_BYTES);
        try {
            SET_USED.invokeExact(counterMode, BLOCK_BYTES);
            int unusedCount = (int) COUNTER_MODE.invokeExact(counterMode, bytes, offset, length, bytes, offset);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    void hash(long[] state, byte[] bytes, int offset, int blocks) {
        try {
            HASH.invokeExact(bytes, offset, blocks, state, table);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    private static IllegalStateException broken(Throwable e) {
        return new IllegalStateException("the platform's AES failed", e);
    }
}
