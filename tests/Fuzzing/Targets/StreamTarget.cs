using System.Numerics.Tensors;

namespace NeuralNetFromScratch.Fuzzing.Targets;

/// <summary>Networks, and weights of another, on streams that cannot seek.</summary>
internal sealed class StreamTarget : SafetensorsFamily
{
    private readonly Sequential _other = new([4], 1, new Dense(3, Activation.Relu), new Dense(2));

    public StreamTarget()
    {
        var network = new Sequential([4], 1, new Dense(3, Activation.Relu), new Dense(2))
        {
            ClassNames = ["cat", "dog"],
            Metadata = { ["author"] = "a" },
            ExtraTensors = { ["thresholds"] = Tensor.Create([0.25f, 0.75f], [2]) },
        };
        using var stream = new MemoryStream();
        network.Save(stream);
        (IReadOnlyList<SafetensorEntry> tensors, Dictionary<string, string> metadata) = ModelFile.Describe(network, TensorNaming.Native);
        // The second has no digest, so that mutations of its tensors get through.
        Seeds = [stream.ToArray(), Write(tensors, metadata)];
    }

    public override string Name => "stream";

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override long FixedBytes => 400_000;

    public override long BytesPerByte => 128;

    public override void Read(byte[] file)
    {
        try
        {
            using var weights = new TrickleStream(new MemoryStream(file));
            _other.LoadWeights(weights);
        }
        catch (InvalidDataException)
        {
            // Another network's weights; what matters is how the network itself comes in.
        }

        using var stream = new TrickleStream(new MemoryStream(file));
        try
        {
            Sequential.Load(stream);
        }
        catch (NotSupportedException exception) when (exception.Message.Contains("copy it to a file", StringComparison.Ordinal))
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }
}
