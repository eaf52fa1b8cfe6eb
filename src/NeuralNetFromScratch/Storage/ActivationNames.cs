using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>Activations from their names: "relu", "elu(alpha=0.7)".</summary>
internal static class ActivationNames
{
    private static readonly Activation[] Plain =
    [
        Activation.Identity, Activation.Relu, Activation.Sigmoid, Activation.Tanh, Activation.Selu, Activation.Silu, Activation.HardSwish,
        Activation.Gelu, Activation.GeluTanh, Activation.Softplus,
    ];

    /// <summary>Whether a name stands for this very activation.</summary>
    public static bool Knows(Activation activation, ModelFormat format)
    {
        try
        {
            return Parse(activation.ToString(), format).GetType() == activation.GetType();
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <exception cref="InvalidDataException">There is no such activation.</exception>
    public static Activation Parse(string name, ModelFormat format)
    {
        if ((format.FindActivation(name) ?? Array.Find(Plain, activation => activation.ToString() == name)) is { } found)
            return found;
        int bracket = name.IndexOf('(', StringComparison.Ordinal), equals = name.IndexOf('=', StringComparison.Ordinal);
        if (bracket > 0 && equals > bracket && name[^1] == ')' && float.TryParse(name.AsSpan(equals + 1, name.Length - equals - 2), NumberStyles.Float, CultureInfo.InvariantCulture, out float setting)
            && float.IsFinite(setting) && setting >= 0)
        {
            switch (name[..equals])
            {
                case "elu(alpha": return Activation.Elu(setting);
                case "leaky-relu(slope": return Activation.LeakyRelu(setting);
            }
        }

        throw new InvalidDataException($"the activation \"{name}\" is unknown; add your own to a ModelFormat");
    }
}
