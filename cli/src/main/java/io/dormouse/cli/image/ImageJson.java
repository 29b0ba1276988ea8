package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageMetadata;
import java.util.UUID;

/** Images as the contract's JSON. */
final class ImageJson {
  private ImageJson() {}

  static String status(Image image) {
    if (image instanceof Image.Published published) {
      return published.claimed() ? "claimed" : "published";
    }
    return image instanceof Image.Unreadable ? "unreadable" : "missing";
  }

  static ObjectNode of(Image image) {
    return of(image, status(image));
  }

  /** What is unknown of an unreadable image is null. */
  static ObjectNode of(Image image, String status) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("instance", image.id().instance());
    json.put("generation", image.id().generation().toString());
    if (image instanceof Image.Published published) {
      ImageMetadata metadata = published.manifest().metadata();
      json.put("engine", metadata.engine());
      json.put("logical_bytes", metadata.logicalBytes());
      json.put("stored_bytes", published.manifest().storedBytes());
      json.put("new_bytes", published.manifest().contents().newBytes());
      json.put("parent", metadata.parent().map(UUID::toString).orElse(null));
      json.put("created", metadata.createdAt().toString());
    } else {
      for (String unknown : new String[] {"engine", "logical_bytes", "stored_bytes", "new_bytes"}) {
        json.putNull(unknown);
      }
      json.putNull("parent");
      json.putNull("created");
    }
    return json.put("status", status);
  }
}
