package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** One request to a local API, to be run inside a host's namespace: {@code Http METHOD URL TOKEN [BODY]} prints the body. */
public final class Http {
    private Http() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(args[1]))
                .timeout(Duration.ofSeconds(10))
                .header("X-ZT1-Auth", args[2])
                .method(
                        args[0],
                        args.length > 3
                                ? HttpRequest.BodyPublishers.ofString(args[3])
                                : HttpRequest.BodyPublishers.noBody());
        HttpResponse<String> response =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        System.out.print(response.body());
        if (response.statusCode() >= 300) {
            System.err.println(args[0] + " " + args[1] + ": status " + response.statusCode());
            System.exit(1);
        }
    }
}
