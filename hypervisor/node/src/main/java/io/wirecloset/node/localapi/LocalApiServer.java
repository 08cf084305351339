package io.wirecloset.node.localapi;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.wirecloset.vl1.wire.InetCidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The HTTP side of the local API (controller.md section 1): who may ask, with which token, and how answers look. Listens
 * on TCP at the node's own port. Clients are loopback, or the networks that local.conf names; a Host header that names
 * anything but an address or localhost is refused, so that no web page reaches the API through a name of its own.
 */
public final class LocalApiServer implements AutoCloseable {
    public static final int MAX_BODY_BYTES = 1 << 20;

    private static final int IDLE_SECONDS = 30;
    private static final long STOP_LIMIT_MS = 1_000;
    private static final long STOP_QUIET_MS = 20;
    private static final Pattern HOST = Pattern.compile("(localhost|[0-9.]+|\\[[0-9a-fA-F:.]+])(:[0-9]{1,5})?");
    private static final Pattern CALLBACK = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$.]{0,63}");

    private final String token;
    private final String metricsToken;
    private final List<InetCidr> managers;
    private final Map<String, ApiSection> sections;
    private final NioEventLoopGroup io = new NioEventLoopGroup(1, new DefaultThreadFactory("localapi-io", true));
    private final DefaultEventExecutorGroup workers =
            new DefaultEventExecutorGroup(2, new DefaultThreadFactory("localapi", true));
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    /** @param sections first path segment → who answers; "health" and "metrics" follow rules of their own */
    public LocalApiServer(
            String token, String metricsToken, List<InetCidr> managers, Map<String, ApiSection> sections) {
        this.token = token;
        this.metricsToken = metricsToken;
        this.managers = List.copyOf(managers);
        this.sections = new ConcurrentHashMap<>(sections);
    }

    /** Adds a section, also while the server runs. @param first the first segment of the paths it answers */
    public void serve(String first, ApiSection section) {
        sections.put(first, section);
    }

    /** Listens on loopback, and on every address when others than loopback may ask. */
    public void listen(int port) throws InterruptedException {
        ServerBootstrap server = new ServerBootstrap()
                .group(io)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel ch) {
                        open.add(ch);
                        ch.pipeline()
                                .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS) {
                                    @Override
                                    protected void channelIdle(
                                            ChannelHandlerContext ctx, io.netty.handler.timeout.IdleStateEvent evt) {
                                        ctx.close();
                                    }
                                })
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
                                .addLast(workers, new Exchange());
                    }
                });
        boolean everywhere = managers.stream().anyMatch(m -> !isLoopback(m));
        if (everywhere) {
            open.add(server.bind(port).sync().channel());
        } else {
            open.add(server.bind("127.0.0.1", port).sync().channel());
            try {
                open.add(server.bind("::1", port).sync().channel());
            } catch (Exception e) {
                // A host without IPv6: the API is on 127.0.0.1 then, as clients expect.
            }
        }
    }

    private static boolean isLoopback(InetCidr network) {
        return network.toString().startsWith("127.") || network.toString().startsWith("::1");
    }

    /** Ends what is being answered, and waits until the threads are gone. */
    @Override
    public void close() {
        open.close().awaitUninterruptibly();
        // A closed connection goes once round from its thread to a worker and back: the workers' end waits for a moment
        // without any, and the connections' thread ends last.
        workers.shutdownGracefully(STOP_QUIET_MS, STOP_LIMIT_MS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
        io.shutdownGracefully(0, STOP_LIMIT_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }

    private final class Exchange extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            boolean keep = HttpUtil.isKeepAlive(request);
            FullHttpResponse response = respond(ctx, request);
            response.headers()
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
            HttpUtil.setKeepAlive(response, keep);
            var written = ctx.writeAndFlush(response);
            if (!keep) {
                written.addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private FullHttpResponse respond(ChannelHandlerContext ctx, FullHttpRequest request) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        List<String> path = segments(uri.path());
        String first = path.isEmpty() ? "" : path.get(0);
        InetAddress client = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
        ApiResponse answer =
                allowed(first, client, request, uri) ? answer(request, path, first) : ApiResponse.emptyObject(401);
        return render(answer, uri);
    }

    private boolean allowed(String first, InetAddress client, FullHttpRequest request, QueryStringDecoder uri) {
        String host = request.headers().get(HttpHeaderNames.HOST);
        if (host != null && !host.isEmpty() && !HOST.matcher(host).matches()) {
            return false;
        }
        String given = givenToken(request, uri);
        if (first.equals("metrics")) {
            return same(given, metricsToken) || same(given, token);
        }
        if (!client.isLoopbackAddress() && managers.stream().noneMatch(m -> m.contains(client.getAddress()))) {
            return false;
        }
        return first.equals("health") || same(given, token);
    }

    /** The first place that holds a token decides: X-ZT1-Auth, the query, Authorization. */
    private static String givenToken(FullHttpRequest request, QueryStringDecoder uri) {
        String header = request.headers().get("X-ZT1-Auth");
        if (header != null) {
            return header;
        }
        List<String> query = uri.parameters().get("auth");
        if (query != null) {
            return query.get(0);
        }
        String bearer = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        if (bearer != null && bearer.toLowerCase(Locale.ROOT).startsWith("bearer ")) {
            return bearer.substring("bearer ".length()).trim();
        }
        return "";
    }

    private static boolean same(String given, String wanted) {
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8));
    }

    private ApiResponse answer(FullHttpRequest request, List<String> path, String first) {
        ApiSection section = sections.get(first);
        if (section == null) {
            return ApiResponse.status(404);
        }
        String method = request.method().name();
        byte[] body = new byte[request.content().readableBytes()];
        request.content().readBytes(body);
        try {
            ApiResponse answer = section.answer(new ApiRequest(method.equals("PUT") ? "POST" : method, path, body));
            return answer == null ? ApiResponse.status(404) : answer;
        } catch (RuntimeException e) {
            return new ApiResponse(
                    500,
                    ApiRequest.JSON
                            .createObjectNode()
                            .put("error", 500)
                            .put("description", String.valueOf(e.getMessage())),
                    null);
        }
    }

    private static List<String> segments(String path) {
        List<String> out = new ArrayList<>();
        for (String s : path.split("/")) {
            if (!s.isEmpty()) {
                out.add(s);
            }
        }
        return List.copyOf(out);
    }

    private static FullHttpResponse render(ApiResponse answer, QueryStringDecoder uri) {
        String type = answer.text() != null ? "text/plain" : "application/json";
        String body = answer.text() != null
                ? answer.text()
                : answer.body() == null ? "" : answer.body().toString();
        List<String> callback = uri.parameters().get("jsonp");
        if (callback != null && CALLBACK.matcher(callback.get(0)).matches()) {
            type = "application/javascript";
            body = callback.get(0) + "(" + body + ");";
        }
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        if (!body.isEmpty()) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        }
        return response;
    }
}
