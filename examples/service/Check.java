import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/** One check from Java: {@code java Check.java URL application.json}, the token in {@code TOKEN}. */
public final class Check {
    public static void main(String[] arguments) throws Exception {
        var client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
        var application = Path.of(arguments[1]);
        var request = HttpRequest.newBuilder(URI.create(arguments[0] + "/v1/checks"))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + System.getenv("TOKEN"))
            .header("Content-Type", "application/json")
            // The case's own number: whoever asks again gets the same check, not another.
            .header("Idempotency-Key", application.getFileName() + "/1")
            .POST(HttpRequest.BodyPublishers.ofFile(application))
            .build();
        for (int attempt = 1; ; attempt++) {
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            switch (answer.statusCode()) {
                case 200 -> {
                    // A finding, `undetermined` among them: the office decides on it.
                    System.out.println(answer.body());
                    return;
                }
                case 409, 429, 503 -> {
                    // Not decided yet, which is not "clear".
                    if (attempt == 5) throw new IllegalStateException(answer.body());
                    var wait = answer.headers().firstValue("Retry-After").orElse("1");
                    Thread.sleep(Duration.ofSeconds(Long.parseLong(wait)).toMillis());
                }
                // The application, the caller or the service is at fault; nothing was found out.
                default -> throw new IllegalStateException(answer.body());
            }
        }
    }
}
