package dev.naru.server;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What one Naru on one machine is called and where it listens. Two with different values of every
 * field live beside each other.
 *
 * <p>Read from {@code <data>/naru.yaml} when that file exists; a key that is not a field is refused
 * by name, a missing one takes its default.
 *
 * @param instance names the bridge, the nftables table and the network namespaces; at most 9
 *     characters, so that the bridge's name fits the kernel's 15
 * @param httpPort the gateway's port; 80 falls back to 8080 when it is taken
 * @param apiPort the Kubernetes API's port (TLS)
 * @param registryPort the registry's port on loopback
 * @param controlPort the control plane's HTTP port on loopback and on the bridge
 * @param podNetwork the first two octets of the pods' /16 network; {@code .0.1} is the bridge
 * @param serviceNetwork the first two octets of the Services' /16 network; {@code .0.10} is the DNS
 */
public record NaruConfig(
    String instance,
    int httpPort,
    int apiPort,
    int registryPort,
    int controlPort,
    String podNetwork,
    String serviceNetwork) {

  /** The file in the data directory. */
  public static final String FILE = "naru.yaml";

  private record Text(
      @Nullable String instance,
      @JsonProperty("http-port") @Nullable Integer httpPort,
      @JsonProperty("api-port") @Nullable Integer apiPort,
      @JsonProperty("registry-port") @Nullable Integer registryPort,
      @JsonProperty("control-port") @Nullable Integer controlPort,
      @JsonProperty("pod-network") @Nullable String podNetwork,
      @JsonProperty("service-network") @Nullable String serviceNetwork) {}

  public NaruConfig {
    if (!instance.matches("[a-z][a-z0-9]{0,8}")) {
      throw invalid("instance", instance, "1 to 9 lower-case letters and digits");
    }
    for (String network : new String[] {podNetwork, serviceNetwork}) {
      if (!network.matches("(\\d{1,3})\\.(\\d{1,3})")) {
        throw invalid("pod-network or service-network", network, "two octets, such as 10.88");
      }
    }
    for (int port : new int[] {httpPort, apiPort, registryPort, controlPort}) {
      if (port < 1 || port > 65535) {
        throw invalid("a port", Integer.toString(port), "a number from 1 to 65535");
      }
    }
  }

  /** The values of the main installation. */
  public static NaruConfig defaults() {
    return new NaruConfig("naru", 80, 6443, 5000, 7070, "10.88", "10.96");
  }

  /**
   * Reads {@code naru.yaml} of the data directory.
   *
   * @throws ServerException {@code SERVER_CONFIG} naming the file, the line and the key
   */
  public static NaruConfig read(Path data) {
    Path file = data.resolve(FILE);
    String yaml;
    try {
      yaml = Files.readString(file);
    } catch (NoSuchFileException e) {
      return defaults();
    } catch (IOException e) {
      throw new ServerException("SERVER_CONFIG", "Tried to read " + file + " but " + e, e);
    }
    YAMLMapper mapper =
        YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    try {
      Text text = mapper.readValue(yaml, Text.class);
      NaruConfig d = defaults();
      return text == null
          ? d
          : new NaruConfig(
              or(text.instance, d.instance),
              or(text.httpPort, d.httpPort),
              or(text.apiPort, d.apiPort),
              or(text.registryPort, d.registryPort),
              or(text.controlPort, d.controlPort),
              or(text.podNetwork, d.podNetwork),
              or(text.serviceNetwork, d.serviceNetwork));
    } catch (JsonMappingException e) {
      String key =
          e.getPath().isEmpty() ? "" : " at '" + e.getPath().getLast().getFieldName() + "'";
      throw new ServerException(
          "SERVER_CONFIG", at(file, e) + key + ": " + e.getOriginalMessage(), e);
    } catch (JsonProcessingException e) {
      throw new ServerException("SERVER_CONFIG", at(file, e) + ": " + e.getOriginalMessage(), e);
    }
  }

  public String bridgeAddress() {
    return podNetwork + ".0.1";
  }

  public String podCidr() {
    return podNetwork + ".0.0/16";
  }

  public String serviceCidr() {
    return serviceNetwork + ".0.0/16";
  }

  public String dnsAddress() {
    return serviceNetwork + ".0.10";
  }

  /** {@code http://<host>} with the gateway's port when it is not 80. */
  public String url(String host, int gatewayPort) {
    return "http://" + host + (gatewayPort == 80 ? "" : ":" + gatewayPort);
  }

  private static String at(Path file, JsonProcessingException e) {
    return e.getLocation() == null ? file.toString() : file + ":" + e.getLocation().getLineNr();
  }

  private static <T> T or(@Nullable T value, T fallback) {
    return value == null ? fallback : value;
  }

  private static ServerException invalid(String key, String value, String wanted) {
    return new ServerException(
        "SERVER_CONFIG", FILE + ": " + key + " is '" + value + "' but must be " + wanted);
  }
}
