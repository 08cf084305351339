package io.wirecloset.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.node.CommandLine.UsageException;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.AddressDerivation;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.IdentityGenerator;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * {@code wirecloset idtool}: makes and checks identities, signs with them, and makes planets and moons, with the words and
 * files of the stock tool (vl1-world.md section 3).
 */
final class IdTool {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    static final String USAGE = """
            wirecloset idtool …
              generate [identity.secret [identity.public]]   make an identity (prints it when no file is named)
              validate identity                              does the address belong to the keys?
              getpublic identity.secret                      the part others may know
              sign identity.secret file                      96 bytes in hex
              verify identity file signature                 exit code 0 when good
              initmoon identity.public[=ip/port,…] …         the JSON of a moon with these roots, to be kept secret
              genmoon moon.json                              sign it: writes <id>.moon, or planet for a planet's JSON
              planet file identity.public=ip/port[,ip/port] …   a new private planet of up to four roots
            """;

    private final RandomSource random;
    private final long wallMs;
    private final PrintStream out;

    IdTool(RandomSource random, long wallMs, PrintStream out) {
        this.random = random;
        this.wallMs = wallMs;
        this.out = out;
    }

    /** @return the exit code */
    int run(List<String> words) throws IOException {
        String verb = words.isEmpty() ? "" : words.getFirst();
        List<String> a = words.isEmpty() ? words : words.subList(1, words.size());
        switch (verb) {
            case "generate" -> generate(a);
            case "validate" -> {
                return validate(identity(argument(a, 0, "an identity")));
            }
            case "getpublic" ->
                out.println(identity(argument(a, 0, "an identity")).toPublicText());
            case "sign" -> sign(a);
            case "verify" -> {
                return verify(a);
            }
            case "initmoon" -> initMoon(a);
            case "genmoon" -> generateMoon(Path.of(argument(a, 0, "a moon's JSON file")));
            case "planet" -> planet(a);
            case "--help", "-h" -> out.println(USAGE.strip());
            default -> throw new UsageException(USAGE.strip());
        }
        return 0;
    }

    private void generate(List<String> a) throws IOException {
        Identity made = new IdentityGenerator().generate(random);
        if (a.isEmpty()) {
            out.println(made.toSecretText());
            return;
        }
        writeSecret(Path.of(a.getFirst()), made.toSecretText());
        if (a.size() > 1) {
            Files.writeString(Path.of(a.get(1)), made.toPublicText());
        }
        out.println(a.getFirst() + " written");
    }

    private int validate(Identity identity) {
        boolean good = new AddressDerivation().isValid(identity);
        out.println(good ? "valid" : "NOT valid: the address does not follow from the keys");
        return good ? 0 : 1;
    }

    private void sign(List<String> a) throws IOException {
        Identity signer = identity(argument(a, 0, "an identity with its secret"));
        if (!signer.hasSecret()) {
            throw new UsageException("idtool sign: " + a.getFirst() + " holds no secret key");
        }
        byte[] message = Files.readAllBytes(Path.of(argument(a, 1, "a file to sign")));
        out.println(HEX.formatHex(signer.sign(message, 0, message.length)));
    }

    private int verify(List<String> a) throws IOException {
        Identity signer = identity(argument(a, 0, "an identity"));
        byte[] message = Files.readAllBytes(Path.of(argument(a, 1, "the signed file")));
        boolean good;
        try {
            good = signer.verify(
                    message,
                    0,
                    message.length,
                    HEX.parseHex(argument(a, 2, "the signature").trim()));
        } catch (IllegalArgumentException e) {
            good = false;
        }
        out.println(good ? "signature valid" : "signature NOT valid");
        return good ? 0 : 1;
    }

    private void initMoon(List<String> a) throws IOException {
        List<World.Root> roots = roots("initmoon", a, true);
        SigningKeys keys = SigningKeys.generate(random);
        ObjectNode moon = JSON.createObjectNode();
        moon.put("id", Addresses.format(roots.getFirst().identity().address()));
        moon.put("objtype", "world");
        moon.put("worldType", "moon");
        moon.put("updatesMustBeSignedBy", HEX.formatHex(keys.publicKey()));
        moon.put("signingKey", HEX.formatHex(keys.publicKey()));
        moon.put("signingKey_SECRET", HEX.formatHex(keys.secretKey()));
        ArrayNode listed = moon.putArray("roots");
        for (World.Root root : roots) {
            ObjectNode one = listed.addObject();
            one.put("identity", root.identity().toPublicText());
            ArrayNode endpoints = one.putArray("stableEndpoints");
            root.endpoints().forEach(endpoint -> endpoints.add(endpoint.toString()));
        }
        out.println(moon.toPrettyString());
    }

    private void generateMoon(Path file) throws IOException {
        JsonNode json = JSON.readTree(file.toFile());
        try {
            WorldType type = json.path("worldType").asText().equals("planet") ? WorldType.PLANET : WorldType.MOON;
            long id = Long.parseUnsignedLong(json.path("id").asText(), 16);
            List<World.Root> roots = new ArrayList<>();
            if (type == WorldType.MOON && json.path("roots").isEmpty()) {
                throw new UsageException("idtool genmoon: " + file + " names no roots");
            }
            for (JsonNode root : json.path("roots")) {
                List<Endpoint> endpoints = new ArrayList<>();
                root.path("stableEndpoints").forEach(e -> endpoints.add(Endpoint.parse(e.asText())));
                roots.add(new World.Root(Identity.parse(root.path("identity").asText()), endpoints));
            }
            SigningKeys signer =
                    SigningKeys.of(HEX.parseHex(json.path("signingKey_SECRET").asText()));
            byte[] next = HEX.parseHex(json.path("updatesMustBeSignedBy").asText());
            World world = World.sign(type, id, wallMs, next, roots, signer);
            Path written = Path.of(type == WorldType.PLANET ? "planet" : NetworkIds.format(id) + ".moon");
            Files.write(written, world.toBytes());
            out.println("wrote " + written + " (" + roots.size() + " roots, timestamp " + wallMs + ")");
            if (type == WorldType.MOON) {
                sayHowToOrbit(world);
            }
        } catch (IllegalArgumentException | MalformedException e) {
            throw new UsageException("idtool genmoon: " + file + ": " + e.getMessage());
        }
    }

    private void sayHowToOrbit(World moon) {
        String id = NetworkIds.format(moon.id());
        String shorter = id.startsWith("000000") ? id.substring(6) : id;
        out.println("its roots:  put " + id + ".moon into moons.d of their home directories, and start them anew");
        String seed = Addresses.format(moon.roots().getFirst().identity().address());
        out.println("all others: zerotier-cli orbit " + shorter + " " + seed);
    }

    private void planet(List<String> a) throws IOException {
        Path file = Path.of(argument(a, 0, "the file to write"));
        List<World.Root> roots = roots("planet", a.subList(1, a.size()), false);
        SigningKeys keys = SigningKeys.generate(random);
        writeSecret(file.resolveSibling(file.getFileName() + ".key"), HEX.formatHex(keys.secretKey()));
        Files.write(file, newPlanet(roots, keys, random, wallMs).toBytes());
        out.println("wrote " + file + ", and the key that must sign its next edition beside it");
    }

    /** @param words identity.public=ip/port[,ip/port] each */
    private static List<World.Root> roots(String verb, List<String> words, boolean mayBeAnywhere) throws IOException {
        List<World.Root> roots = new ArrayList<>();
        for (String word : words) {
            int eq = word.lastIndexOf('=');
            if (eq < 0 && !mayBeAnywhere) {
                throw new UsageException(
                        "idtool " + verb + ": '" + word + "' is not identity.public=ip/port[,ip/port]");
            }
            List<Endpoint> endpoints = new ArrayList<>();
            try {
                for (String e : eq < 0 ? new String[0] : word.substring(eq + 1).split(",")) {
                    endpoints.add(Endpoint.parse(e));
                }
            } catch (MalformedException e) {
                throw new UsageException("idtool " + verb + ": " + word.substring(eq + 1) + ": " + e.getMessage());
            }
            roots.add(new World.Root(identity(eq < 0 ? word : word.substring(0, eq)), endpoints));
        }
        if (roots.isEmpty() || roots.size() > Wire.WORLD_MAX_ROOTS) {
            throw new UsageException("idtool " + verb + ": one to four roots are needed, not " + roots.size());
        }
        return roots;
    }

    /** A planet under a fresh id, so that the public one never replaces it. */
    static World newPlanet(List<World.Root> roots, SigningKeys keys, RandomSource random, long wallMs) {
        long id = (random.nextLong() >>> 8) | 0x0100_0000_0000L;
        return World.sign(WorldType.PLANET, id, wallMs, keys.publicKey(), roots, keys);
    }

    /** The argument is a file, or the text of an identity itself. */
    private static Identity identity(String fileOrText) throws IOException {
        try {
            Path file = Path.of(fileOrText.length() > 250 ? "." : fileOrText);
            boolean isText = fileOrText.contains(":0:") && !Files.isRegularFile(file);
            return Identity.parse(
                    isText
                            ? fileOrText
                            : Files.readString(file, StandardCharsets.US_ASCII).trim());
        } catch (MalformedException e) {
            throw new UsageException("idtool: " + fileOrText + " is no identity: " + e.getMessage());
        }
    }

    private static String argument(List<String> a, int i, String what) {
        if (i >= a.size()) {
            throw new UsageException("idtool: " + what + " is missing\n" + USAGE.strip());
        }
        return a.get(i);
    }

    private static void writeSecret(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text, StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
    }
}
