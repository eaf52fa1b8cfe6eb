using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>Exports image layers as ONNX operators. ONNX has channels first: [batch, channels, height, width], and [filters, channels, height, width] for weights.</summary>
internal static class ImageExport
{
    /// <summary>
    /// Whether the input of a chain is images with channels last, which the first image layer decides. In an imported model with channels first, a layer of steps
    /// precedes it. Null if there is no image layer.
    /// </summary>
    public static bool? TakesImages(Chain chain) => chain.Nodes.Select(node => node.Layer switch
    {
        Conv2D or Pool2D or GlobalAveragePool2D or GlobalMaxPool2D or ZeroPadding2D or Upsample2D => true,
        OperatorLayer => false,
        _ => node.Branches.Select(TakesImages).FirstOrDefault(takes => takes is not null),
    }).FirstOrDefault(takes => takes is not null);

    public static ExportedValue AddConvolution(ExportedLayer place, ExportedValue value)
    {
        var convolution = (Conv2D)place.Layer;
        ImageShape image = ImageShape.Of(place.InputShape);
        string x = place.Graph.Image(value, image), weight = place.Kernel("weight");
        string result = place.Graph.Node(
            "Conv", convolution.HasBias ? [x, weight, place.Vector("bias")] : [x, weight],
            [
                .. Windows(image, convolution.KernelSize, convolution.Stride, convolution.Dilation, convolution.Padding), Pair("dilations", convolution.Dilation),
                GraphBuilder.Attribute("group", (long)convolution.Groups),
            ]);
        return ActivationExport.Add(place, convolution.Activation, Output(place, result));
    }

    public static ExportedValue AddPool(ExportedLayer place, ExportedValue value)
    {
        var pool = (Pool2D)place.Layer;
        ImageShape image = ImageShape.Of(place.InputShape);
        string x = place.Graph.Image(value, image);
        AttributeProto[] windows = Windows(image, pool.Size, pool.Stride, 1, pool.Padding);
        return Output(place, pool is AveragePool2D average
            ? place.Graph.Node("AveragePool", [x], [.. windows, GraphBuilder.Attribute("count_include_pad", average.CountsPadding ? 1L : 0)])
            : place.Graph.Node("MaxPool", [x], windows));
    }

    public static ExportedValue AddGlobalPool(ExportedLayer place, ExportedValue value, string type)
    {
        ImageShape image = ImageShape.Of(place.InputShape);
        return new(place.Graph.Node(type, [place.Graph.Image(value, image)]), new ImageShape(1, 1, image.Channels));
    }

    public static ExportedValue AddPadding(ExportedLayer place, ExportedValue value)
    {
        Padding2D zeros = ((ZeroPadding2D)place.Layer).Padding;
        string margins = place.Graph.Integers(0, 0, zeros.Top, zeros.Left, 0, 0, zeros.Bottom, zeros.Right);
        return Output(place, place.Graph.Node("Pad", [place.Graph.Image(value, ImageShape.Of(place.InputShape)), margins]));
    }

    public static ExportedValue AddUpsampling(ExportedLayer place, ExportedValue value)
    {
        Size2D factor = ((Upsample2D)place.Layer).Factor;
        string x = place.Graph.Image(value, ImageShape.Of(place.InputShape));
        return Output(place, place.Graph.Node(
            "Resize", [x, "", place.Graph.Numbers(1, 1, factor.Height, factor.Width)], GraphBuilder.Attribute("mode", "nearest"),
            GraphBuilder.Attribute("coordinate_transformation_mode", "asymmetric"), GraphBuilder.Attribute("nearest_mode", "floor")));
    }

    /// <summary>Exports a layer of an imported model that only moves the channels first or last, which needs no operator. Null for other layers.</summary>
    public static ExportedValue? AddTurn(ExportedLayer place, OperatorLayer layer, ExportedValue value)
    {
        Shape output = layer.OutputShape(place.InputShape);
        if (layer.Steps.Count == 0)
            return value;
        if (layer.Steps is not [{ Inputs: [0], Name: "View" } only] || Turn.Of(only.Sizes, layer.InputLength) is not { } turn)
            return null;
        if (value.Image is null && output.Rank == 3 && output[2] == turn.Rows)
        {
            var image = ImageShape.Of(output);
            return new(place.Graph.Reshape(value.Name, [image.Channels, image.Height, image.Width]), image);
        }

        return value.Image is { } turned && turned.Channels == turn.Columns ? ExportedValue.Vector(place.Graph.Rows(value)) : null;
    }

    private static ExportedValue Output(ExportedLayer place, string name) => new(name, ImageShape.Of(place.Layer.OutputShape(place.InputShape)));

    private static AttributeProto[] Windows(ImageShape image, Size2D size, Size2D stride, Size2D dilation, Padding2D padding)
    {
        (WindowAxis vertical, WindowAxis horizontal) = image.Windows(size, stride, dilation, padding);
        return
        [
            Pair("kernel_shape", size), Pair("strides", stride),
            GraphBuilder.Attribute("pads", [vertical.Before, horizontal.Before, vertical.After, horizontal.After]),
        ];
    }

    private static AttributeProto Pair(string name, Size2D size) => GraphBuilder.Attribute(name, [size.Height, size.Width]);
}
