namespace NeuralNetFromScratch.Onnx;

/// <summary>A sequence of layers with the values of their parameters.</summary>
/// <param name="inputShape">The shape of one sample at the input.</param>
internal sealed class LayerList(Shape inputShape)
{
    private readonly List<(Layer Layer, float[][] Values)> _layers = [];

    /// <summary>The shape of one sample after the last layer.</summary>
    public Shape Shape { get; private set; } = inputShape;

    public IReadOnlyList<Layer> Layers => [.. _layers.Select(layer => layer.Layer)];

    public float[][] Values => [.. _layers.SelectMany(layer => layer.Values)];

    public (Layer Layer, float[][] Values)? Last => _layers is [.., var last] ? last : null;

    /// <summary>Adds a layer.</summary>
    /// <exception cref="InvalidDataException">The layer does not fit. The message names its node.</exception>
    public void Add(Operation? source, Layer layer, params float[][] values)
    {
        try
        {
            Shape output = layer.OutputShape(Shape);
            IReadOnlyList<ParameterDefinition> definitions = new Chain(Shape, [layer]).Parameters;
            if (definitions.Count != values.Length)
                throw new ArgumentException($"has {values.Length} parameters, expected {definitions.Count}");
            for (int i = 0; i < values.Length; i++)
            {
                if (values[i].Length != definitions[i].Shape.ElementCount)
                    throw new ArgumentException($"its {definitions[i].Name} has {values[i].Length} values, but samples of shape {Shape} need {definitions[i].Shape.ElementCount}");
            }

            _layers.Add((layer, values));
            Shape = output;
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException && source is not null)
        {
            throw source.Refuse(exception.Message);
        }
    }

    /// <summary>Replaces the last layer by one with the same shapes.</summary>
    public void Replace(Layer layer, params float[][] values) => _layers[^1] = (layer, values);

    /// <summary>Flattens samples that are not vectors.</summary>
    public void Flatten()
    {
        if (Shape.Rank != 1)
            Add(null, new Flatten());
    }

    /// <summary>Reshapes samples.</summary>
    public void Reshape(Shape shape)
    {
        if (Shape == shape)
            return;
        // An image [height, width] has one channel.
        if (shape is { Rank: 3 } && shape[2] == 1 && Shape is { Rank: 2 } && Shape[0] == shape[0] && Shape[1] == shape[1])
            return;
        if (shape.Rank == 1)
        {
            Flatten();
        }
        else if (Last is (OperatorLayer last, var values))
        {
            Replace(new OperatorLayer(last.InputLength, last.Steps, last.ConstantLengths, shape), values);
            Shape = shape;
        }
        else
        {
            Add(null, new OperatorLayer(shape.ElementCount, [], [], shape));
        }
    }
}
