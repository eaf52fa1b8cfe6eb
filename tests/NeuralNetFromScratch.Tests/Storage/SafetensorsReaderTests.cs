using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Storage;

public class SafetensorsReaderTests
{
    [Test]
    public void Only_numbers_are_read_as_floats_and_into_room_of_the_right_size()
    {
        using var file = new MemoryStream();
        SafetensorsWriter.Write(file, [new("odd", SafetensorType.F8E4M3, [4], new byte[4]), SafetensorEntry.FromFloats("plain", [2, 3], new float[6])]);
        file.Position = 0;
        using var reader = new SafetensorsReader(file);
        SafetensorInfo odd = reader.Tensors.Single(tensor => tensor.Name == "odd"), plain = reader.Tensors.Single(tensor => tensor.Name == "plain");
        Assert.That(() => reader.ReadFloats(odd, new float[4]), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("type F8_E4M3 cannot be read as floats"));
        Assert.That(() => reader.ReadFloats(plain, new float[5]), Throws.ArgumentException.With.Message.Contains("has 6 elements, got a destination of 5"));
        Assert.That(plain.ToString(), Is.EqualTo("plain F32 [2, 3]"));
    }

    [Test]
    public void A_file_that_is_refused_is_closed_and_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("broken.safetensors");
        File.WriteAllBytes(path, new byte[20]);
        Assert.That(() => SafetensorsReader.Open(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(path));
        using FileStream alone = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.That(alone.CanWrite, Is.True);
    }
}
