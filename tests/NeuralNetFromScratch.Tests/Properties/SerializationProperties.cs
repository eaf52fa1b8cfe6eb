using System.Buffers.Binary;
using System.IO.Compression;
using CsCheck;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Properties;

/// <summary>What is written comes back, whatever it was.</summary>
public class SerializationProperties
{
    private static readonly Gen<Activation> Activations = Gen.OneOf<Activation>(
        Gen.OneOf(
            Activation.Identity, Activation.Relu, Activation.Sigmoid, Activation.Tanh, Activation.Selu, Activation.Silu, Activation.HardSwish,
            Activation.Gelu, Activation.GeluTanh, Activation.Softplus),
        Gen.Float[0, 3].Select(Activation.Elu),
        Gen.Float[0, 3].Select(Activation.LeakyRelu));

    /// <summary>Layers that keep the number of values.</summary>
    private static readonly Gen<Layer> Keeping = Gen.OneOf<Layer>(
        Activations.Select(activation => (Layer)new ActivationLayer(activation)),
        Gen.Select(Gen.Float[0.01f, 1], Gen.Float[1e-6f, 1], Gen.Bool, (momentum, epsilon, affine) => (Layer)new BatchNormalization(momentum, epsilon, affine)),
        Gen.Float[1e-6f, 1].Select(epsilon => (Layer)new LayerNormalization(epsilon)),
        Gen.Float[0, 0.9f].Select(rate => (Layer)new Dropout(rate)),
        Gen.Float[0, 2].Select(deviation => (Layer)new GaussianNoise(deviation)),
        Gen.Const(() => (Layer)new ScaleShift()),
        Gen.Const(() => (Layer)new Flatten()));

    private static readonly Gen<Layer> Layers = Gen.OneOf<Layer>(
        Gen.Select(Gen.Int[1, 12], Activations, (units, activation) => (Layer)new Dense(units, activation)),
        Keeping,
        Keeping.Where(layer => layer is not Flatten).Array[1, 3].Select(inner => (Layer)new Residual(inner)));

    private static readonly Gen<Sequential> Networks = Gen.Select(
        Gen.Int[1, 5].Array[1, 3], Layers.Array[1, 6], Gen.ULong, Gen.Enum<OutputActivation>(), Gen.String.Array[0, 4], Gen.Float[0.001f, 2],
        (shape, layers, seed, transform, names, scale) => new Sequential(Shape.Create(shape), seed, layers)
        {
            OutputActivation = transform,
            ClassNames = names.Length == 0 ? [] : Names(names, new Chain(Shape.Create(shape), layers).OutputShape.ElementCount),
            InputScaling = names.Length % 2 == 0 ? null : new InputScaling(scale, -scale, 1 / scale),
        });

    /// <summary>As many names as outputs, without halves of characters.</summary>
    private static string[] Names(string[] some, int count) =>
        [.. Enumerable.Range(0, count).Select(i => string.Concat(some[i % some.Length].Where(character => !char.IsSurrogate(character))))];

    private static readonly Gen<SafetensorEntry> Tensors = Gen.Select(
        Gen.Enum<SafetensorType>(), Gen.Int[0, 6].Array[0, 4], Gen.String, Gen.ULong,
        (type, dimensions, name, seed) =>
        {
            // Elements of four and six bits: as many as make whole bytes.
            Shape shape = Shape.Create(BitsOf(type) % 8 == 0 ? dimensions : [.. dimensions, 4]);
            var bytes = new byte[(long)shape.ElementCount * BitsOf(type) / 8];
            new Random((int)seed).NextBytes(bytes);
            return new SafetensorEntry(WithoutSurrogates(name), type, shape, bytes);
        });

    [Test]
    public void A_network_comes_back_with_the_same_bits_and_descriptions() => Property.Holds(Networks, network =>
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.safetensors");
        network.Save(path);
        Sequential loaded = Sequential.Load(path);
        Assert.That(TestValues.Bits(loaded.Parameters.Values), Is.EqualTo(TestValues.Bits(network.Parameters.Values)));
        Assert.That(loaded.Parameters.Select(parameter => $"{parameter}"), Is.EqualTo(network.Parameters.Select(parameter => $"{parameter}")));
        Assert.That(loaded.Summary(), Is.EqualTo(network.Summary()));
        Assert.That(loaded.ClassNames, Is.EqualTo(network.ClassNames));
        Assert.That(loaded.InputScaling, Is.EqualTo(network.InputScaling));
        Assert.That((loaded.InputShape, loaded.OutputActivation), Is.EqualTo((network.InputShape, network.OutputActivation)));
        var samples = TensorViews.Create(TestValues.Uniform(3 * network.InputShape.ElementCount, 1), network.InputShape.Prepend(3));
        Assert.That(TestValues.Bits(loaded.Predict(samples).AsMatrix().Span), Is.EqualTo(TestValues.Bits(network.Predict(samples).AsMatrix().Span)));

        // Saved again, the file is the same to the byte.
        loaded.Save(folder.File("again.safetensors"));
        Assert.That(File.ReadAllBytes(folder.File("again.safetensors")), Is.EqualTo(File.ReadAllBytes(path)));
        Assert.That(folder.FileNames.Count(), Is.EqualTo(2));
    });

    [Test]
    public void Tensors_of_any_type_and_shape_come_back_to_the_byte() => Property.Holds(
        Gen.Select(Tensors.Array[0, 6], Gen.Select(Gen.String, Gen.String).Array[0, 4]),
        value =>
        {
            SafetensorEntry[] tensors = [.. value.Item1.DistinctBy(tensor => tensor.Name).Where(tensor => tensor.Name != "__metadata__")];
            var metadata = value.Item2.Select(entry => (Key: WithoutSurrogates(entry.Item1), Text: WithoutSurrogates(entry.Item2)))
                .DistinctBy(entry => entry.Key).ToDictionary(entry => entry.Key, entry => entry.Text);
            using var file = new MemoryStream();
            SafetensorsWriter.Write(file, tensors, metadata);
            byte[] bytes = file.ToArray();
            file.Position = 0;
            using var reader = new SafetensorsReader(file);
            Assert.That(reader.Metadata, Is.EquivalentTo(metadata));
            Assert.That(reader.Tensors.Select(tensor => tensor.Name), Is.EquivalentTo(tensors.Select(tensor => tensor.Name)));
            long data = 8 + (long)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            foreach (SafetensorInfo info in reader.Tensors)
            {
                SafetensorEntry tensor = tensors.Single(tensor => tensor.Name == info.Name);
                Assert.That(info.Type, Is.EqualTo(tensor.Type));
                Assert.That(info.Dimensions, Is.EqualTo(tensor.Shape.Select(size => (long)size)));
                Assert.That(bytes.AsSpan((int)(data + info.Offset), (int)info.ByteLength).ToArray(), Is.EqualTo(tensor.Bytes.ToArray()));
                if (info.Type != SafetensorType.F32)
                    continue;
                var floats = new float[info.Length];
                reader.ReadFloats(info, floats);
                Assert.That(TestValues.Bits(floats), Is.EqualTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(tensor.Bytes.Span).ToArray()));
            }
        });

    [Test]
    public void An_idx_file_comes_back_plain_and_compressed() => Property.Holds(
        Gen.Select(Gen.Int[0, 7].Array[1, 5], Gen.ULong),
        value =>
        {
            Shape shape = Shape.Create(value.Item1);
            var bytes = new byte[shape.ElementCount];
            new Random((int)value.Item2).NextBytes(bytes);
            using var folder = new TemporaryFolder();
            foreach (string name in (string[])["values.idx", "values.idx.gz"])
            {
                IdxFile.Write(folder.File(name), shape, bytes);
                IdxData read = IdxFile.Read(folder.File(name));
                Assert.That(read.Shape, Is.EqualTo(shape));
                Assert.That(read.Values, Is.EqualTo(bytes));
            }

            using var compressed = new GZipStream(File.OpenRead(folder.File("values.idx.gz")), CompressionMode.Decompress);
            using var content = new MemoryStream();
            compressed.CopyTo(content);
            Assert.That(content.ToArray(), Is.EqualTo(File.ReadAllBytes(folder.File("values.idx"))));
        });

    /// <summary>Half of a surrogate pair is no text, and UTF-8 cannot hold it.</summary>
    private static string WithoutSurrogates(string text) => string.Concat(text.Where(character => !char.IsSurrogate(character)));

    private static int BitsOf(SafetensorType type) => type.Bits();
}
