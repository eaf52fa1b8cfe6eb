namespace NeuralNetFromScratch;

/// <summary>
/// A layer or activation of your own that computes what layers of the library compute one after another, so that it can be exported to formats
/// that know the library's parts alone, such as ONNX.
/// </summary>
public interface IComposedOf
{
    /// <summary>
    /// The layers that compute the same, first to last: the library's, or parts of your own that are composed of others too. Their parameters, one after
    /// another, are those of this part in the same order, with as many values each; an activation's layers have none.
    /// </summary>
    /// <param name="inputShape">The shape of one sample at the input.</param>
    IReadOnlyList<Layer> Composition(Shape inputShape);
}
